package sinktest

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// SNS is the AWS Query protocol of Amazon SNS.
type SNS struct{}

const snsNamespace = "http://sns.amazonaws.com/doc/2010-03-31/"

// Decode implements Wire.
func (SNS) Decode(r *http.Request, body []byte) (string, []Sent, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, err
	}
	operation := form.Get("Action")
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || form.Get("Version") != "2010-03-31" ||
		!strings.HasSuffix(strings.TrimSuffix(form.Get("TopicArn"), ".fifo"), ":"+Name) {
		return operation, nil, fmt.Errorf("headers %v, form %v", r.Header, form)
	}
	var sent []Sent
	for i := 1; ; i++ {
		entry := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", i)
		if !form.Has(entry + "Id") {
			return operation, sent, nil
		}
		s := Sent{ID: form.Get(entry + "Id"), Body: form.Get(entry + "Message"), Subject: form.Get(entry + "Subject"),
			GroupID: form.Get(entry + "MessageGroupId"), DeduplicationID: form.Get(entry + "MessageDeduplicationId")}
		for j := 1; form.Has(fmt.Sprintf("%sMessageAttributes.entry.%d.Name", entry, j)); j++ {
			key := fmt.Sprintf("%sMessageAttributes.entry.%d.", entry, j)
			s.add(form.Get(key+"Name"), form.Get(key+"Value.DataType"), form.Get(key+"Value.StringValue"))
		}
		sent = append(sent, s)
	}
}

// SendOperation implements Wire.
func (SNS) SendOperation() string { return "PublishBatch" }

// Describe implements Wire.
func (w SNS) Describe(operation string, fifo bool, limit int) Reply {
	if operation != "GetTopicAttributes" {
		return w.Error(Error{Status: 400, Code: "InvalidAction", Message: operation})
	}
	attributes := snsAttribute("Owner", "111122223333")
	if fifo {
		attributes += snsAttribute("FifoTopic", "true")
	}
	if limit > 0 {
		attributes += snsAttribute("MaximumMessageSize", strconv.Itoa(limit))
	}
	return w.ok("GetTopicAttributes", "<Attributes>"+attributes+"</Attributes>")
}

func snsAttribute(name, value string) string {
	return "<entry><key>" + name + "</key><value>" + value + "</value></entry>"
}

// Results implements Wire.
func (w SNS) Results(outcomes []Outcome) Reply {
	var good, bad strings.Builder
	for i, o := range outcomes {
		switch {
		case o.Omit:
		case o.Code == "":
			fmt.Fprintf(&good, "<member><MessageId>5d2f-%d</MessageId><Id>%d</Id></member>", i, i)
		default:
			fmt.Fprintf(&bad, "<member><Id>%d</Id><Code>%s</Code><Message>%s</Message><SenderFault>%t</SenderFault></member>",
				i, o.Code, xmlText(o.Message), o.SenderFault)
		}
	}
	return w.ok("PublishBatch", snsList("Failed", bad.String())+snsList("Successful", good.String()))
}

func snsList(name, members string) string {
	if members == "" {
		return "<" + name + "/>"
	}
	return "<" + name + ">" + members + "</" + name + ">"
}

func (SNS) ok(operation, result string) Reply {
	body := fmt.Sprintf("<%[1]sResponse xmlns=%[2]q><%[1]sResult>%[3]s</%[1]sResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></%[1]sResponse>\n",
		operation, snsNamespace, result)
	return Reply{Status: http.StatusOK, Header: map[string]string{"Content-Type": "text/xml"}, Body: body}
}

// Error implements Wire.
func (SNS) Error(e Error) Reply {
	fault := "Sender"
	if e.Receiver {
		fault = "Receiver"
	}
	body := fmt.Sprintf("<ErrorResponse xmlns=%q><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>\n",
		snsNamespace, fault, e.Code, xmlText(e.Message))
	return Reply{Status: e.Status, Header: map[string]string{"Content-Type": "text/xml"}, Body: body}
}

func xmlText(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err)
	}
	return b.String()
}

// Missing implements Wire.
func (SNS) Missing() Error {
	return Error{Status: 404, Code: "NotFound", Message: "Topic does not exist"}
}

// Denied implements Wire.
func (SNS) Denied() Error {
	return Error{Status: 403, Code: "AuthorizationError", Message: "not authorized to perform: SNS:GetTopicAttributes"}
}

// Errors implements Wire.
func (w SNS) Errors() []Row {
	return []Row{
		{Error{Status: 400, Code: "Throttling", Message: "Rate exceeded"}, sink.Throttled},
		{Error{Status: 429, Code: "Throttled"}, sink.Throttled},
		{Error{Status: 400, Code: "KMSThrottling"}, sink.Throttled},
		{Error{Status: 500, Code: "InternalError", Receiver: true}, sink.Transient},
		{Error{Status: 500, Code: "NeverHeardOf", Receiver: true}, sink.Transient},
		{Error{Status: 400, Code: "NeverHeardOf"}, sink.Configuration},
		{w.Missing(), sink.Configuration},
		{w.Denied(), sink.Configuration},
		{Error{Status: 400, Code: "EndpointDisabled"}, sink.Configuration},
		{Error{Status: 400, Code: "KMSInvalidState"}, sink.Configuration},
		{Error{Status: 400, Code: "InvalidParameter", Message: "Invalid parameter: TopicArn"}, sink.Configuration},
		{Error{Status: 403, Code: "InvalidClientTokenId"}, sink.Credentials},
		{Error{Status: 403, Code: "SignatureDoesNotMatch"}, sink.Credentials},
		{Error{Status: 400, Code: "InvalidParameter", Message: "Invalid parameter: Message Reason: TopicArn"}, sink.Poison},
		{Error{Status: 400, Code: "ParameterValueInvalid"}, sink.Poison},
		{Error{Status: 400, Code: "ValidationError"}, sink.Poison},
		{Error{Status: 400, Code: "BatchRequestTooLong"}, sink.Poison},
	}
}
