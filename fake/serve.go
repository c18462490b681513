package fake

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxRequestBytes bounds what is read of a request: SNS form encoding can triple
// the 1 MiB that a batch may hold, and JSON escapes can multiply it by six.
const maxRequestBytes = 8 << 20

// call is one request on its way through the endpoint. Calls are pooled: nothing
// may refer to one, or to its buffers, after it was served.
type call struct {
	a    *AWS
	w    http.ResponseWriter
	r    *http.Request
	body bytes.Buffer
	size int // of the body; decoding changes the buffer
	out  []byte

	scratch []byte

	service Service
	action  string
	target  string
	id      messageID // request id
	scope   scope     // of the signature
	form    form      // of a Query request
	cold    coldRequest
	send    sendRequest
	results []result
	groups  []string
	effect  *Effect
	touched []bool

	run func(*call) *Error // what the action does
}

var calls = sync.Pool{New: func() any { return new(call) }}

func (a *AWS) serve(w http.ResponseWriter, r *http.Request) {
	if !a.enter() {
		return
	}
	defer a.serving.Done()
	w.Header().Set("Date", a.signingTime().UTC().Format(http.TimeFormat))
	c := calls.Get().(*call)
	c.reset(a, w, r)
	c.handle()
	c.reset(nil, nil, nil)
	calls.Put(c)
}

// enter counts a request as being served, unless the endpoint is closed: Close
// must not wait while requests still begin.
func (a *AWS) enter() bool {
	a.closing.Lock()
	defer a.closing.Unlock()
	if a.closed {
		return false
	}
	a.serving.Add(1)
	return true
}

func (c *call) reset(a *AWS, w http.ResponseWriter, r *http.Request) {
	c.a, c.w, c.r = a, w, r
	c.body.Reset()
	c.out = c.out[:0]
	c.service, c.action, c.target = "", "", ""
	c.scope, c.cold = scope{}, coldRequest{}
	c.form = c.form[:0]
	c.send.queueURL, c.send.entries = nil, c.send.entries[:0]
	c.results, c.groups = c.results[:0], c.groups[:0]
	c.effect, c.touched, c.run = nil, nil, nil
}

func (c *call) handle() {
	received := time.Now()
	c.id = c.a.ids.new()
	if err := c.read(); err != nil {
		http.Error(c.w, err.Error(), http.StatusBadRequest)
		return
	}
	c.size = c.body.Len()
	err := c.route()
	if err == nil {
		// Before decoding, which unescapes the body in place.
		err = c.a.auth.check(c)
	}
	if err == nil {
		err = c.decode()
	}
	traffic := c.a.Traffic(c.service, c.target)
	sends := len(c.send.entries) > 0
	c.noteGroups()
	traffic.arrive(sends, c.groups)
	if err == nil {
		c.effect, c.touched = c.a.faults.plan(c)
	}
	if !c.hold() {
		err, c.effect = nil, &Effect{Silence: true}
	} else if err == nil && (c.effect == nil || c.effect.Store || !c.effect.replaces()) {
		err = c.run(c)
	}
	outcome := c.outcome(err)
	// In a Query request these two are part of the text of the body, which is not to be kept for them.
	action, target := strings.Clone(c.action), strings.Clone(c.target)
	traffic.done(Request{
		Service: c.service, Action: action, Target: target, Entries: len(c.send.entries), Bytes: c.size,
		Received: received, Outcome: outcome, Faulted: c.effect != nil, Region: c.scope.region,
		AccessKey: c.scope.key, UserAgent: c.r.UserAgent(), Remote: c.r.RemoteAddr,
	}, c.groups)
	if c.effect != nil && c.effect.Silence {
		c.wait(nil)
	}
	if sends {
		traffic.left()
	}
	c.answer(err)
}

func (c *call) read() error {
	if n := c.r.ContentLength; n > 0 && n <= maxRequestBytes {
		c.body.Grow(int(n) + bytes.MinRead) // ReadFrom wants room to see the end
	}
	n, err := c.body.ReadFrom(io.LimitReader(c.r.Body, maxRequestBytes+1))
	if err == nil && n > maxRequestBytes {
		err = fmt.Errorf("the request is longer than %d bytes", maxRequestBytes)
	}
	return err
}

// route finds service and action.
func (c *call) route() *Error {
	if target := c.r.Header.Get("X-Amz-Target"); target != "" {
		c.service = SQS
		action, ok := strings.CutPrefix(target, "AmazonSQS.")
		c.action = action
		if c.run = sqsActions[action]; !ok || c.run == nil {
			return &Error{Type: "UnknownOperationException", Code: "InvalidAction", Message: "The action " + target + " is not valid for this endpoint."}
		}
		return nil
	}
	c.service = SNS
	var err error
	if c.form, err = parseForm(c.body.Bytes(), c.form); err != nil {
		return invalidParameter("%v", err)
	}
	c.action = c.form.get("Action")
	if c.run = snsActions[c.action]; c.run != nil {
		return nil
	}
	if c.run = stsActions[c.action]; c.run != nil {
		c.service = STS
		return nil
	}
	return &Error{Code: "InvalidAction", Message: "The action " + c.action + " is not valid for this endpoint."}
}

func (c *call) decode() *Error {
	switch c.service {
	case SQS:
		return c.decodeSQS()
	case SNS:
		return c.decodeSNS()
	}
	c.target = lastPart(c.form.get("RoleArn"), "/")
	return nil
}

func (c *call) noteGroups() {
	if !strings.HasSuffix(c.target, ".fifo") {
		return
	}
	for i := range c.send.entries {
		c.groups = append(c.groups, string(c.send.entries[i].group))
	}
}

// hold lets the endpoint's latency, and the gate and the latency of a fault pass. It
// says false when the client left meanwhile.
func (c *call) hold() bool {
	if !c.sleep(time.Duration(c.a.latency.Load())) {
		return false
	}
	if c.effect == nil {
		return true
	}
	if c.effect.Gate != nil && !c.wait(c.effect.Gate) {
		return false
	}
	return c.sleep(c.effect.Latency)
}

func (c *call) sleep(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return c.wait(ctx.Done())
}

// wait blocks until the gate opens, and says false when the client or the endpoint
// ends first.
func (c *call) wait(gate <-chan struct{}) bool {
	select {
	case <-gate:
		return true
	case <-c.r.Context().Done():
	case <-c.a.ctx.Done():
	}
	return false
}
