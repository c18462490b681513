package simulate

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"syscall"
)

// networkEvents are of the way from an instance to the services.
var networkEvents = []eventKind{
	{"cut services", drawNothing, cutServices},
	{"unreachable", drawUnreachable, unreachable},
	{"silent", drawFor, silent},
}

func drawFor(r random, sc *Scenario, e *Event) {
	drawPlace(r, sc, e)
	e.Name = ""
}

// unreachables are what somebody is told who cannot connect.
var unreachables = map[string]error{
	"refused":      syscall.ECONNREFUSED,
	"no route":     syscall.EHOSTUNREACH,
	"no such host": &net.DNSError{Err: "no such host", Name: "sqs", IsNotFound: true},
	"no DNS":       &net.DNSError{Err: "server misbehaving", Name: "sqs", IsTemporary: true},
	"timeout":      os.ErrDeadlineExceeded,
}

func drawUnreachable(r random, sc *Scenario, e *Event) {
	drawFor(r, sc, e)
	e.Other = pick(r, []string{"refused", "no route", "no such host", "no DNS", "timeout"})
}

func (w *world) services() string {
	u, err := url.Parse(w.aws.URL)
	if err != nil {
		panic(err) // the fake made it
	}
	return u.Host
}

// cutServices resets all connections of a member to the services.
func cutServices(w *world, e Event) error {
	m := w.one(e.Member)
	if m == nil {
		return errNothing
	}
	end := w.ledger.begin(fault{what: "cut", nature: passing})
	defer end()
	w.ledger.cutOff(w.scenario.Latency)
	w.network.Cut(m.name, w.services())
	return nil
}

// unreachable has a member not connect to the services for a time.
func unreachable(w *world, e Event) error {
	m := w.one(e.Member)
	if m == nil {
		return errNothing
	}
	told, ok := unreachables[e.Other]
	if !ok {
		return fmt.Errorf("there is no way of not connecting %q", e.Other)
	}
	end := w.ledger.begin(fault{what: "unreachable", nature: passing})
	w.network.Refuse(m.name, w.services(), told)
	w.during(e.For, func() {
		w.network.Refuse(m.name, w.services(), nil)
		end()
	})
	return cutServices(w, e)
}

// silent loses what goes between a member and the services for a time.
func silent(w *world, e Event) error {
	m := w.one(e.Member)
	if m == nil {
		return errNothing
	}
	end := w.ledger.begin(fault{what: "silent", nature: passing})
	w.ledger.cutOff(w.scenario.Latency)
	w.network.Sever(m.name, w.services(), true)
	w.during(e.For, func() {
		w.ledger.cutOff(w.scenario.Latency) // what was on its way arrives now
		w.network.Sever(m.name, w.services(), false)
		end()
	})
	return nil
}
