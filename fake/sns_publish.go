package fake

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

const maxSubject = 100

func (c *call) publishBatch() *Error {
	t, err := c.topic()
	if err != nil {
		return err
	}
	maxSize, _, _ := t.limits()
	if err := snsBatch(checkBatch(c.send.entries, maxSize)); err != nil {
		return err
	}
	if err := c.checkMessages(t); err != nil {
		return err
	}
	c.prepare()
	t.publish(c.send.entries, c.results)
	c.afterwards()
	c.open("PublishBatch")
	c.out = append(c.out, "<Successful>"...)
	for i := range c.results {
		if r := &c.results[i]; r.failed == nil && !r.dropped {
			c.out = append(c.out, "<member>"...)
			c.element("Id", string(c.send.entries[i].id))
			c.published(t, r)
			c.out = append(c.out, "</member>"...)
		}
	}
	c.out = append(c.out, "</Successful>"...)
	failed := slices.ContainsFunc(c.results, func(r result) bool { return r.failed != nil && !r.dropped })
	if !failed {
		c.out = append(c.out, "<Failed/>"...) // as in the example of the API reference
		return c.close("PublishBatch")
	}
	c.out = append(c.out, "<Failed>"...)
	for i := range c.results {
		if r := &c.results[i]; r.failed != nil && !r.dropped {
			c.out = append(c.out, "<member>"...)
			c.element("Id", string(c.send.entries[i].id))
			c.element("Code", r.failed.code)
			c.element("Message", r.failed.message)
			c.element("SenderFault", map[bool]string{true: "false", false: "true"}[r.failed.receiver])
			c.out = append(c.out, "</member>"...)
		}
	}
	c.out = append(c.out, "</Failed>"...)
	return c.close("PublishBatch")
}

func (c *call) published(t *Topic, r *result) {
	c.element("MessageId", string(r.id[:]))
	if t.FIFO {
		c.element("SequenceNumber", sequenceNumber(r.seq))
	}
}

// snsBatch turns a batch error into the words of SNS, which has no old codes.
func snsBatch(err *Error) *Error {
	if err == nil {
		return nil
	}
	return &Error{Code: err.Type, Message: err.Message}
}

func (c *call) publish() *Error {
	t, err := c.topic()
	if err != nil {
		return err
	}
	maxSize, _, _ := t.limits()
	if c.send.entries[0].size() > maxSize {
		return invalidParameter("Message too long")
	}
	if err := c.checkMessages(t); err != nil {
		return err
	}
	c.prepare()
	t.publish(c.send.entries, c.results)
	c.afterwards()
	r := &c.results[0]
	if f := r.failed; f != nil {
		e := &Error{Code: f.code, Message: f.message, Receiver: f.receiver}
		if f.receiver {
			e.Status = http.StatusInternalServerError
		}
		return e
	}
	c.open("Publish")
	c.published(t, r)
	return c.close("Publish")
}

// checkMessages returns the error that one bad message gives to the whole call.
// AWS is known to answer so for missing FIFO ids and a missing default structure;
// for the rest it is assumed, as the harder case for a sender.
func (c *call) checkMessages(t *Topic) *Error {
	for i := range c.send.entries {
		if err := t.check(&c.send.entries[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *Topic) check(e *entry) *Error {
	_, contentDedup, _ := t.limits()
	switch {
	case len(e.body) == 0:
		return invalidParameter("Empty message")
	case !allowedText(e.body):
		return invalidParameter("Message Reason: Invalid characters")
	case e.hasSubject && !validSubject(e.subject):
		return invalidParameter("Subject")
	case len(e.structure) > 0 && string(e.structure) != "json":
		return invalidParameter("MessageStructure")
	case e.hasGroup && !validToken(e.group):
		return invalidParameter("MessageGroupId Reason: must be 1 to 128 alphanumeric and punctuation characters")
	case e.hasDedup && !t.FIFO:
		return invalidParameter("MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type")
	case e.hasDedup && !validToken(e.dedup):
		return invalidParameter("MessageDeduplicationId Reason: must be 1 to 128 alphanumeric and punctuation characters")
	case t.FIFO && !e.hasGroup:
		return invalidParameter("The MessageGroupId parameter is required for FIFO topics")
	case t.FIFO && !e.hasDedup && !contentDedup:
		return invalidParameter("The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
	}
	if string(e.structure) == "json" {
		if _, ok := structured(e.body); !ok {
			return invalidParameter("Message Structure - No default entry in JSON message body")
		}
	}
	if p := checkAttributes(e.attrs, true); p != "" {
		return &Error{Code: "ParameterValueInvalid", Message: p}
	}
	return nil
}

// validSubject: 1–100 printable ASCII characters without line breaks, not
// beginning with a space (SNS API reference, Publish).
func validSubject(s []byte) bool {
	if len(s) == 0 || len(s) > maxSubject || s[0] == ' ' {
		return false
	}
	return !bytes.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// structured returns what a MessageStructure "json" body says to queues.
func structured(body []byte) (string, bool) {
	var m map[string]any
	if json.Unmarshal(body, &m) != nil {
		return "", false
	}
	text, ok := m["default"].(string)
	if own, has := m["sqs"].(string); has && ok {
		text = own
	}
	return text, ok
}
