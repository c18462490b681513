package main

import (
	"fmt"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/fake"
)

// endpoint is the far end of one run. It lives in this process: what it costs is not part of any
// contestant's figures.
type endpoint struct {
	*fake.AWS
	scenario scenario
	targets  []string
	ca       string

	seen     []atomic.Uint64 // a bit for each record
	accepted atomic.Int64
	unique   atomic.Int64
	marks    []mark // in order
	watch    func(n int)
	nextMark atomic.Int32
	wrong    atomic.Value // string: what is wrong with the attributes of the first message
}

// mark is closed when so many different records have arrived.
type mark struct {
	at      int64
	reached chan struct{}
}

// startEndpoint starts the far end of a scenario. It tells when the given numbers of records, in
// growing order, have arrived, and watch, unless nil, of each record that arrives first.
func startEndpoint(s scenario, dir string, watch func(n int), marks ...int) (*endpoint, error) {
	e := &endpoint{scenario: s, watch: watch, seen: make([]atomic.Uint64, s.data.records/64+1)}
	for _, n := range marks {
		e.marks = append(e.marks, mark{int64(n), make(chan struct{})})
	}
	o := fake.Options{Region: region, Retain: fake.CountOnly, Accepted: e.note}
	if s.tls {
		var err error
		if o.TLS, e.ca, err = certificate(dir); err != nil {
			return nil, err
		}
	}
	names := make([]string, s.destinations)
	for i := range names {
		names[i] = fmt.Sprintf("bench-%03d", i)
		if s.ordering != "" {
			names[i] += ".fifo"
		}
	}
	if s.service == "sns" {
		o.Topics = names
	} else {
		o.Queues = names
	}
	var err error
	if e.AWS, err = fake.StartAWS(o); err != nil {
		return nil, err
	}
	for _, name := range names {
		if s.service == "sns" {
			e.targets = append(e.targets, e.Topic(name).ARN)
		} else {
			e.targets = append(e.targets, e.Queue(name).URL)
		}
	}
	e.SetLatency(s.latency)
	if s.fault != nil {
		e.Inject(*s.fault)
	}
	return e, nil
}

// note takes in a message that the service accepted.
func (e *endpoint) note(_ string, body []byte) {
	e.accepted.Add(1)
	n, ok := numberOf(body)
	if !ok || n >= e.scenario.data.records {
		return
	}
	bit := uint64(1) << (n % 64)
	if e.seen[n/64].Or(bit)&bit != 0 {
		return
	}
	if e.watch != nil {
		e.watch(n)
	}
	unique := e.unique.Add(1)
	// Marks are few and far apart, so at most one is due, and one caller sees each number.
	if i := int(e.nextMark.Load()); i < len(e.marks) && unique == e.marks[i].at {
		e.nextMark.Add(1)
		close(e.marks[i].reached)
	}
}

// requests is how many sends were made.
func (e *endpoint) requests() int {
	n := 0
	for i := range e.scenario.destinations {
		if e.scenario.service == "sns" {
			t := e.Topic(lastPart(e.targets[i], ':'))
			n += t.RequestCount("PublishBatch") + t.RequestCount("Publish")
		} else {
			q := e.Queue(lastPart(e.targets[i], '/'))
			n += q.RequestCount("SendMessageBatch") + q.RequestCount("SendMessage")
		}
	}
	return n
}

// close ends the far end. What it held was counted; an error cannot change that.
func (e *endpoint) close() { _ = e.Close() }
