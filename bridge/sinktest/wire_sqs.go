package sinktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// SQS is the AWS JSON 1.0 protocol of Amazon SQS.
type SQS struct{}

type sqsValue struct{ DataType, StringValue string }

// Decode implements Wire.
func (SQS) Decode(r *http.Request, body []byte) (string, []Sent, error) {
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS.")
	if !ok || r.Header.Get("Content-Type") != "application/x-amz-json-1.0" || r.Header.Get("X-Amzn-Query-Mode") != "true" {
		return "", nil, fmt.Errorf("headers %v", r.Header)
	}
	var in struct {
		QueueUrl string
		Entries  []struct {
			ID                      string `json:"Id"`
			MessageBody             string
			MessageAttributes       map[string]sqsValue
			MessageSystemAttributes map[string]sqsValue
			MessageGroupId          string
			MessageDeduplicationId  string
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return operation, nil, fmt.Errorf("%w in %q", err, body)
	}
	var sent []Sent
	for _, e := range in.Entries {
		s := Sent{ID: e.ID, Body: e.MessageBody, GroupID: e.MessageGroupId, DeduplicationID: e.MessageDeduplicationId,
			TraceHeader: e.MessageSystemAttributes["AWSTraceHeader"].StringValue}
		for name, v := range e.MessageAttributes {
			s.add(name, v.DataType, v.StringValue)
		}
		sent = append(sent, s)
	}
	if operation == "SendMessageBatch" && !strings.HasSuffix(strings.TrimSuffix(in.QueueUrl, ".fifo"), "/"+Name) {
		return operation, nil, fmt.Errorf("queue URL %q", in.QueueUrl)
	}
	return operation, sent, nil
}

// SendOperation implements Wire.
func (SQS) SendOperation() string { return "SendMessageBatch" }

// Describe implements Wire.
func (w SQS) Describe(operation string, fifo bool, limit int) Reply {
	switch operation {
	case "GetQueueUrl":
		name := Name
		if fifo {
			name += ".fifo"
		}
		return w.ok(map[string]string{"QueueUrl": "http://queues.example/000000000000/" + name})
	case "GetQueueAttributes":
		attributes := map[string]string{"VisibilityTimeout": "30"}
		if fifo {
			attributes["FifoQueue"] = "true"
		}
		if limit > 0 {
			attributes["MaximumMessageSize"] = strconv.Itoa(limit)
		}
		return w.ok(map[string]any{"Attributes": attributes})
	}
	return w.Error(Error{Status: 400, Code: "UnsupportedOperation", Message: operation})
}

// Results implements Wire.
func (w SQS) Results(outcomes []Outcome) Reply {
	good, bad := []any{}, []any{}
	for i, o := range outcomes {
		id := strconv.Itoa(i)
		switch {
		case o.Omit:
		case o.Code == "":
			good = append(good, map[string]any{"Id": id, "MessageId": "5d2f\\" + id, "MD5OfMessageBody": "d41d8cd98f00b204e9800998ecf8427e"})
		default:
			bad = append(bad, map[string]any{"Id": id, "Code": o.Code, "Message": o.Message, "SenderFault": o.SenderFault})
		}
	}
	out := map[string]any{"Successful": good}
	if len(bad) > 0 {
		out["Failed"] = bad
	}
	return w.ok(out)
}

func (SQS) ok(v any) Reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return Reply{Status: http.StatusOK, Header: map[string]string{"Content-Type": "application/x-amz-json-1.0"}, Body: string(body)}
}

// Error implements Wire.
func (SQS) Error(e Error) Reply {
	header := map[string]string{"Content-Type": "application/x-amz-json-1.0"}
	fault := "Sender"
	if e.Receiver {
		fault = "Receiver"
	}
	old := e.Old
	if old == "" {
		old = e.Code
	}
	header["X-Amzn-Query-Error"] = old + ";" + fault
	body, err := json.Marshal(map[string]string{"__type": "com.amazonaws.sqs#" + e.Code, "message": e.Message})
	if err != nil {
		panic(err)
	}
	return Reply{Status: e.Status, Header: header, Body: string(body)}
}

// Missing implements Wire.
func (SQS) Missing() Error {
	return Error{Status: 400, Code: "QueueDoesNotExist", Old: "AWS.SimpleQueueService.NonExistentQueue", Message: "The specified queue does not exist."}
}

// Denied implements Wire.
func (SQS) Denied() Error {
	return Error{Status: 403, Code: "AccessDeniedException", Old: "AccessDenied", Message: "not authorized to perform: sqs:getqueueattributes"}
}

// Errors implements Wire.
func (w SQS) Errors() []Row {
	return []Row{
		{Error{Status: 403, Code: "RequestThrottled", Message: "Request is throttled."}, sink.Throttled},
		{Error{Status: 400, Code: "ThrottlingException", Old: "Throttling"}, sink.Throttled},
		{Error{Status: 400, Code: "KmsThrottled", Old: "KMS.ThrottlingException"}, sink.Throttled},
		{Error{Status: 500, Code: "InternalFailure", Old: "InternalError", Receiver: true}, sink.Transient},
		{Error{Status: 503, Code: "ServiceUnavailable", Receiver: true}, sink.Transient},
		{Error{Status: 403, Code: "OverLimit"}, sink.Transient},
		{Error{Status: 500, Code: "NeverHeardOf", Receiver: true}, sink.Transient},
		{Error{Status: 400, Code: "NeverHeardOf"}, sink.Configuration},
		{w.Missing(), sink.Configuration},
		{w.Denied(), sink.Configuration},
		{Error{Status: 400, Code: "KmsAccessDenied", Old: "KMS.AccessDeniedException"}, sink.Configuration},
		{Error{Status: 403, Code: "KmsOptInRequired", Old: "KMS.OptInRequired"}, sink.Configuration},
		{Error{Status: 404, Code: "InvalidAddress"}, sink.Configuration},
		{Error{Status: 400, Code: "InvalidParameterValue", Message: "Value x for parameter QueueUrl is invalid. Reason: no."}, sink.Configuration},
		{Error{Status: 403, Code: "InvalidClientTokenId"}, sink.Credentials},
		{Error{Status: 403, Code: "SignatureDoesNotMatch"}, sink.Credentials},
		{Error{Status: 400, Code: "InvalidMessageContents"}, sink.Poison},
		{Error{Status: 400, Code: "InvalidParameterValue", Message: "The QueueUrl of a record is no reason."}, sink.Poison},
		{Error{Status: 400, Code: "MissingParameter"}, sink.Poison},
		{Error{Status: 400, Code: "BatchRequestTooLong", Old: "AWS.SimpleQueueService.BatchRequestTooLong"}, sink.Poison},
	}
}
