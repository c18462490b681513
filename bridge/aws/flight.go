package awsapi

import (
	"net/http/httptrace"
	"sync"
)

// flight watches whether a request got a connection: from then on some of it may have been
// written, and without an answer its outcome is not known.
type flight struct {
	trace     httptrace.ClientTrace
	connected bool // written by the goroutine that calls RoundTrip, before it returns
}

// flights are pooled because a trace costs an allocation for each hook. A dial that outlives its
// request may keep reading the trace, which never changes after it is made.
var flights = sync.Pool{New: func() any {
	f := new(flight)
	f.trace.GotConn = func(httptrace.GotConnInfo) { f.connected = true }
	return f
}}

func newFlight() *flight {
	f := flights.Get().(*flight)
	f.connected = false
	return f
}
