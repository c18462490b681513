package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/sluice-bridge/sluice/fake"
)

// inspect has the attributes of the first message compared with what everybody has to attach, so
// that none is measured with less to send. It is to be removed when that has arrived: to look at
// messages costs time.
func (e *endpoint) inspect() *fake.Handle {
	var first sync.Once
	return e.Inject(fake.Fault{When: func(m fake.Entry) bool {
		first.Do(func() { e.wrong.Store(wrongAttributes(m, e.scenario.data)) })
		return false
	}})
}

// wrongAttributes says how the attributes of a message differ from what its record gives, or
// nothing.
func wrongAttributes(m fake.Entry, d data) string {
	n, ok := numberOf([]byte(m.Body))
	if !ok {
		return "the body of a message is not that of a record: " + m.Body
	}
	r := d.record(n)
	checks := map[string]func(string) bool{
		"correlation_id":  func(v string) bool { return v == string(r.Headers[0].Value) },
		"kafka_key":       func(v string) bool { return v == string(r.Key) },
		"kafka_topic":     func(v string) bool { return v != "" },
		"kafka_position":  func(v string) bool { return strings.HasPrefix(v, strconv.Itoa(int(r.Partition))+":") },
		"kafka_timestamp": func(v string) bool { _, err := strconv.ParseUint(v, 10, 64); return err == nil },
	}
	for name, check := range checks {
		if a := m.Attributes[name]; a.Type != "String" || !check(a.String) {
			return fmt.Sprintf("attribute %s of record %d is %q", name, n, a)
		}
	}
	if len(m.Attributes) != len(checks) {
		return fmt.Sprintf("%d attributes instead of %d: %v", len(m.Attributes), len(checks), m.Attributes)
	}
	return ""
}
