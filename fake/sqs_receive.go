package fake

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

type wireMessage struct {
	MessageID              string `json:"MessageId"`
	ReceiptHandle          string
	MD5OfBody              string
	Body                   string
	Attributes             map[string]string        `json:",omitempty"`
	MessageAttributes      map[string]wireAttribute `json:",omitempty"`
	MD5OfMessageAttributes string                   `json:",omitempty"`
}

type wireAttribute struct {
	DataType    string
	StringValue string `json:",omitempty"`
	BinaryValue []byte `json:",omitempty"`
}

func (c *call) receiveMessage() *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	s := q.settings.Load()
	limit, visibility, wait := 1, s.visibility, s.wait
	for _, p := range []struct {
		name      string
		from      *int
		to        *int
		low, high int
	}{
		{"MaxNumberOfMessages", c.cold.MaxNumberOfMessages, &limit, 1, 10},
		{"VisibilityTimeout", c.cold.VisibilityTimeout, &visibility, 0, maxVisibility},
		{"WaitTimeSeconds", c.cold.WaitTimeSeconds, &wait, 0, maxWait},
	} {
		if p.from == nil {
			continue
		}
		if *p.to = *p.from; *p.to < p.low || *p.to > p.high {
			return invalidValue("Value %d for parameter %s is invalid. Reason: Must be between %d and %d, if provided.", *p.to, p.name, p.low, p.high)
		}
	}
	// A long poll ends with the client and with the endpoint.
	ctx, cancel := context.WithCancel(c.r.Context())
	defer cancel()
	defer context.AfterFunc(c.a.ctx, cancel)()
	got := q.receive(ctx, limit, time.Duration(visibility)*time.Second, time.Duration(wait)*time.Second)
	answer := struct {
		Messages []wireMessage `json:",omitempty"`
	}{}
	system := slices.Concat(c.cold.AttributeNames, c.cold.MessageSystemAttributeNames)
	for i := range got {
		answer.Messages = append(answer.Messages, q.wire(&got[i], system, c.cold.MessageAttributeNames))
	}
	return c.reply(answer)
}

// wire makes the answer's form of a message, with the attributes asked for.
func (q *Queue) wire(d *delivery, system, names []string) wireMessage {
	sum := bodyMD5([]byte(d.Body))
	m := wireMessage{MessageID: d.ID, ReceiptHandle: d.handle, MD5OfBody: string(sum[:]), Body: d.Body}
	for name, value := range d.systemAttributes(q.a.Account) {
		if value != "" && (slices.Contains(system, "All") || slices.Contains(system, name)) {
			if m.Attributes == nil {
				m.Attributes = map[string]string{}
			}
			m.Attributes[name] = value
		}
	}
	var picked []attr
	for name, a := range d.Message.Attributes {
		if !wanted(name, names) {
			continue
		}
		if m.MessageAttributes == nil {
			m.MessageAttributes = map[string]wireAttribute{}
		}
		m.MessageAttributes[name] = wireAttribute{a.Type, a.String, a.Binary}
		picked = append(picked, a.wire(name))
	}
	if len(picked) > 0 {
		sum, _ := attributesMD5(picked, nil)
		m.MD5OfMessageAttributes = string(sum[:])
	}
	return m
}

func (a Attribute) wire(name string) attr {
	w := attr{name: []byte(name), typ: []byte(a.Type), value: []byte(a.String), hasValue: true}
	if a.Binary != nil {
		w.value, w.binary = a.Binary, true
	}
	return w
}

// wanted matches a name with MessageAttributeNames: exact, "All", ".*" or a prefix
// "x.*".
func wanted(name string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		prefix, isPrefix := strings.CutSuffix(n, ".*")
		return n == "All" || n == name || isPrefix && strings.HasPrefix(name, prefix)
	})
}

func (d *delivery) systemAttributes(account string) map[string]string {
	return map[string]string{
		"SenderId":                         account,
		"SentTimestamp":                    strconv.FormatInt(d.SentAt.UnixMilli(), 10),
		"ApproximateReceiveCount":          strconv.Itoa(d.Receives),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(d.firstReceived.UnixMilli(), 10),
		"MessageGroupId":                   d.GroupID,
		"MessageDeduplicationId":           d.DeduplicationID,
		"SequenceNumber":                   d.Sequence,
		"AWSTraceHeader":                   d.TraceHeader,
	}
}

func (c *call) deleteMessage() *Error {
	q, err := c.queue()
	if err == nil {
		err = q.deleteMessage(c.cold.ReceiptHandle)
	}
	if err != nil {
		return err
	}
	return c.empty()
}

func (c *call) deleteMessageBatch() *Error {
	return c.handleBatch(func(q *Queue, e coldEntry) *Error { return q.deleteMessage(e.ReceiptHandle) })
}

func (c *call) changeMessageVisibility() *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	if c.cold.VisibilityTimeout == nil {
		return missingParameter("VisibilityTimeout")
	}
	if err := q.changeVisibility(c.cold.ReceiptHandle, *c.cold.VisibilityTimeout); err != nil {
		return err
	}
	return c.empty()
}

func (c *call) changeMessageVisibilityBatch() *Error {
	return c.handleBatch(func(q *Queue, e coldEntry) *Error {
		return q.changeVisibility(e.ReceiptHandle, e.VisibilityTimeout)
	})
}

// handleBatch runs a batch of operations on receipt handles, each on its own.
func (c *call) handleBatch(do func(*Queue, coldEntry) *Error) *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	ids := make([]entry, len(c.cold.Entries))
	for i, e := range c.cold.Entries {
		ids[i].id = []byte(e.ID)
	}
	if err := checkBatch(ids, maxBatchBytes); err != nil {
		return err
	}
	type failed struct {
		ID          string `json:"Id"`
		Code        string
		Message     string
		SenderFault bool
	}
	answer := struct {
		Successful []map[string]string
		Failed     []failed `json:",omitempty"`
	}{Successful: []map[string]string{}}
	for _, e := range c.cold.Entries {
		if err := do(q, e); err != nil {
			answer.Failed = append(answer.Failed, failed{e.ID, err.Code, err.Message, true})
			continue
		}
		answer.Successful = append(answer.Successful, map[string]string{"Id": e.ID})
	}
	return c.reply(answer)
}
