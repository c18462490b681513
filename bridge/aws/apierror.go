package awsapi

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// textLimit bounds the text kept of an answer that no service wrote.
const textLimit = 200

// apiError is what a service says of a failed call.
type apiError struct {
	code    string // the protocol's own spelling
	old     string // the query protocol's, where SQS gives it too
	message string
	fault   Fault
}

// Refused turns an answer that is no success into its failure, and does what the failure asks of
// the client: it drops cached credentials, or corrects the clock. The answer is not kept.
func (c *Client) Refused(a *Answer) *sink.Failure {
	e := readError(a)
	if e.code == "" {
		return noService(a)
	}
	if e.fault == FaultUnknown && a.Status >= 400 && a.Status < 500 && !passing(a.Status) {
		e.fault = FaultSender // what a status of this kind says (RFC 9110, 15.5)
	}
	code := e.code
	_, listed := lookUp(code)
	if !listed && e.old != "" {
		code = e.old
		_, listed = lookUp(code)
	}
	class := Classify(code, e.message, e.fault, Call)
	if (class == sink.Credentials || strings.HasPrefix(e.code, "AccessDenied")) && c.clock.learn(a.Header) {
		class = sink.Credentials // signed again at once, with the right time
	} else if class == sink.Credentials {
		c.credentials.invalidate(c.clock.local())
	}
	return &sink.Failure{Class: class, Code: e.code, Message: e.message, Ambiguous: class == sink.Configuration && !listed}
}

// noService classifies an HTTP error without a service's code: a proxy, a load balancer, a wrong
// address. Only the status is left to go by. What is not clearly passing is Configuration, and ambiguous:
// a proxy may refuse everything, or one body for what is in it or for its size.
func noService(a *Answer) *sink.Failure {
	f := &sink.Failure{Class: sink.Configuration, Code: CodeNoService}
	switch {
	case a.Status == http.StatusTooManyRequests:
		f.Class = sink.Throttled
	case a.Status >= 500, passing(a.Status):
		f.Class = sink.Transient
	default:
		f.Ambiguous = true
	}
	text := bytes.TrimSpace(a.Body)
	if len(text) > textLimit {
		text = text[:textLimit]
	}
	f.Message = strings.ToValidUTF8(http.StatusText(a.Status)+": "+string(text), "\uFFFD")
	return f
}

// passing says whether a status of the sender's fault asks to try again.
func passing(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// readError reads an error in either protocol, whichever the sink speaks: emulators mix them.
func readError(a *Answer) apiError {
	body := bytes.TrimSpace(a.Body)
	switch {
	case len(body) == 0:
		return jsonError(a.Header, nil)
	case body[0] == '{' && gjson.ValidBytes(body):
		return jsonError(a.Header, body)
	case body[0] == '<':
		return xmlError(body)
	}
	return apiError{}
}

// jsonError reads the AWS JSON protocol: the code in __type, or in headers where the body has none.
func jsonError(h http.Header, body []byte) apiError {
	var e apiError
	old, fault, _ := strings.Cut(h.Get("X-Amzn-Query-Error"), ";")
	e.old, e.fault = old, faultNamed(fault)
	got := gjson.GetManyBytes(body, "__type", "code", "message", "Message")
	for _, code := range []string{got[0].String(), got[1].String(), h.Get("X-Amzn-Errortype"), old} {
		if i := strings.LastIndexByte(code, '#'); i >= 0 {
			code = code[i+1:]
		}
		if code, _, _ = strings.Cut(code, ":"); code != "" {
			e.code = code
			break
		}
	}
	if e.message = got[2].String(); e.message == "" {
		e.message = got[3].String()
	}
	return e
}

// xmlError reads the query protocol's ErrorResponse/Error, or EC2's Response/Errors/Error. Other
// documents, such as a proxy's page, yield no code.
func xmlError(body []byte) apiError {
	var doc struct {
		XMLName xml.Name
		Error   xmlErrorBody `xml:"Error"`
		Errors  struct {
			Error xmlErrorBody `xml:"Error"`
		} `xml:"Errors"`
	}
	if xml.Unmarshal(body, &doc) != nil {
		return apiError{}
	}
	found := doc.Error
	switch doc.XMLName.Local {
	case "ErrorResponse":
	case "Response":
		found = doc.Errors.Error
	default:
		return apiError{}
	}
	return apiError{code: strings.TrimSpace(found.Code), message: found.Message, fault: faultNamed(found.Type)}
}

type xmlErrorBody struct {
	Type    string
	Code    string
	Message string
}

func faultNamed(s string) Fault {
	switch strings.TrimSpace(s) {
	case "Sender":
		return FaultSender
	case "Receiver", "Server":
		return FaultService
	default:
		return FaultUnknown
	}
}
