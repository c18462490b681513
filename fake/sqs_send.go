package fake

import "net/http"

// prepare makes room for a result per entry and applies a fault's effect on
// entries.
func (c *call) prepare() {
	for i := range c.send.entries {
		var r result
		if e := c.effect; e != nil && c.touched[i] && !e.Store {
			c.injected(&r)
		}
		c.results = append(c.results, r)
	}
}

// afterwards applies the effect on entries that are to be stored all the same.
func (c *call) afterwards() {
	if e := c.effect; e == nil || !e.Store {
		return
	}
	for i := range c.results {
		if c.touched[i] {
			c.injected(&c.results[i])
		}
	}
}

func (c *call) injected(r *result) {
	if f := c.effect.FailEntry; f != nil {
		r.failed = &failure{code: f.Code, message: f.Message, receiver: !f.SenderFault}
	}
	r.dropped = r.dropped || c.effect.DropEntry
}

// sendMessageBatch stores a batch. What fails the call stores nothing of it.
func (c *call) sendMessageBatch() *Error {
	q, err := c.queue()
	if err == nil {
		err = checkBatch(c.send.entries, maxBatchBytes)
	}
	if err != nil {
		return err
	}
	for i := range c.send.entries {
		if err := q.checkParameters(&c.send.entries[i]); err != nil {
			return err
		}
	}
	c.prepare()
	for i := range c.results {
		if r := &c.results[i]; r.failed == nil {
			r.failed = q.checkEntry(&c.send.entries[i])
		}
	}
	if err := q.accept(c.send.entries, c.results); err != nil {
		return err
	}
	c.afterwards()
	c.writeBatch(q.FIFO)
	return nil
}

// writeBatch appends the answer of a SendMessageBatch. Failed is left out when it
// is empty, as AWS does.
func (c *call) writeBatch(fifo bool) {
	c.out = append(c.out, `{"Successful":[`...)
	first := true
	for i := range c.results {
		r := &c.results[i]
		if r.dropped || r.failed != nil {
			continue
		}
		if !first {
			c.out = append(c.out, ',')
		}
		first = false
		c.out = append(c.out, `{"Id":"`...)
		c.out = append(c.out, c.send.entries[i].id...) // needs no escaping
		c.out = append(c.out, `",`...)
		c.writeAccepted(&c.send.entries[i], r, fifo)
	}
	c.out = append(c.out, ']')
	first = true
	for i := range c.results {
		r := &c.results[i]
		if r.dropped || r.failed == nil {
			continue
		}
		if first {
			c.out = append(c.out, `,"Failed":[`...)
		} else {
			c.out = append(c.out, ',')
		}
		first = false
		c.out = append(c.out, `{"Id":"`...)
		c.out = append(c.out, c.send.entries[i].id...)
		c.out = append(c.out, `","Code":`...)
		c.out = appendJSON(c.out, r.failed.code)
		c.out = append(c.out, `,"Message":`...)
		c.out = appendJSON(c.out, r.failed.message)
		if r.failed.receiver {
			c.out = append(c.out, `,"SenderFault":false}`...)
		} else {
			c.out = append(c.out, `,"SenderFault":true}`...)
		}
	}
	if !first {
		c.out = append(c.out, ']')
	}
	c.out = append(c.out, '}')
}

// writeAccepted appends the members that SendMessage and SendMessageBatch share,
// and the closing brace.
func (c *call) writeAccepted(e *entry, r *result, fifo bool) {
	sum := bodyMD5(e.body)
	c.out = append(c.out, `"MessageId":"`...)
	c.out = append(c.out, r.id[:]...)
	c.out = append(c.out, `","MD5OfMessageBody":"`...)
	c.out = append(c.out, sum[:]...)
	c.out = append(c.out, '"')
	c.writeDigest(`,"MD5OfMessageAttributes":"`, e.attrs)
	c.writeDigest(`,"MD5OfMessageSystemAttributes":"`, e.system)
	if fifo {
		c.out = append(c.out, `,"SequenceNumber":"`...)
		c.out = append(c.out, sequenceNumber(r.seq)...)
		c.out = append(c.out, '"')
	}
	c.out = append(c.out, '}')
}

func (c *call) writeDigest(member string, attrs []attr) {
	if len(attrs) == 0 {
		return
	}
	var sum [32]byte
	sum, c.scratch = attributesMD5(attrs, c.scratch)
	c.out = append(c.out, member...)
	c.out = append(c.out, sum[:]...)
	c.out = append(c.out, '"')
}

func (c *call) sendMessage() *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	e := &c.send.entries[0]
	if err := q.checkParameters(e); err != nil {
		return err
	}
	c.prepare()
	r := &c.results[0]
	if r.failed == nil {
		r.failed = q.checkEntry(e)
	}
	if err := q.accept(c.send.entries, c.results); err != nil {
		return err
	}
	c.afterwards()
	if f := r.failed; f != nil {
		err := &Error{Type: singleType(f.code), Code: f.code, Message: f.message, Receiver: f.receiver}
		if f.receiver {
			err.Status = http.StatusInternalServerError
		}
		return err
	}
	c.out = append(c.out, '{')
	c.writeAccepted(e, r, q.FIFO)
	return nil
}

// singleType is the shape of an error that a batch reports by its code alone.
func singleType(code string) string {
	if code == "InvalidParameterValue" {
		return "InvalidParameterValueException"
	}
	return code
}
