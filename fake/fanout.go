package fake

import (
	"encoding/json"
	"slices"
	"strings"
)

// publish accepts the entries in order and delivers them to the subscribed
// queues. It is synchronous: when the publisher has its answer, the queues have
// the messages. A FIFO topic publishes one call at a time, so that every queue
// sees the same order.
func (t *Topic) publish(entries []entry, results []result) {
	if t.FIFO {
		t.publishing.Lock()
		defer t.publishing.Unlock()
	}
	_, _, perGroup := t.limits()
	subscribers := t.subscribers()
	keep := t.wants() || len(subscribers) > 0
	now := t.a.now()
	for i := range entries {
		e, r := &entries[i], &results[i]
		if r.failed != nil || r.dropped {
			continue
		}
		if t.FIFO {
			if !e.hasDedup {
				e.dedup = contentID(e.body)
			}
			o, fresh := t.register(e, perGroup, now)
			r.id, r.seq = o.id, o.seq
			if !fresh {
				continue
			}
		} else {
			r.id = t.a.ids.new()
		}
		t.a.accepted(t.Name, e)
		var m *Message
		if keep {
			m = e.message()
			m.ID, m.SentAt = string(r.id[:]), now
			if t.FIFO {
				m.Sequence = sequenceNumber(r.seq)
			}
		}
		t.journal.record(m, e.size())
		for _, s := range subscribers {
			s.deliver(e, m)
		}
	}
}

// deliver hands a published message to the queue, or to the subscription's
// dead-letter queue, or counts it as undelivered.
func (s *Subscription) deliver(e *entry, m *Message) {
	s.mu.Lock()
	raw, filter, dead := s.raw, s.filter, s.deadLetterARN
	s.mu.Unlock()
	if name := filter.invalid(m.Attributes); name != "" {
		s.Topic.lost(m.ID, lastPart(s.Endpoint, ":"), "FilteredOut-InvalidAttributes: "+name)
		return
	}
	if !filter.match(m.Attributes) {
		return
	}
	out := s.shape(e, m, raw)
	var reason string
	switch q := s.Topic.a.queueByARN(s.Endpoint); {
	case q == nil:
		reason = "queue does not exist"
	case raw && len(e.attrs) > maxAttributes:
		// SNS developer guide, "message attributes": discarded as a client-side error.
		reason = "more than 10 attributes with raw delivery"
	default:
		if reason = s.into(q, out); reason == "" {
			return
		}
	}
	if q := s.Topic.a.queueByARN(dead); q != nil {
		out.attrs = nil
		if s.into(q, out) == "" {
			return
		}
	}
	s.Topic.lost(m.ID, lastPart(s.Endpoint, ":"), reason)
}

// into puts a message into a queue, and returns why it could not.
func (s *Subscription) into(q *Queue, e entry) string {
	// A standard queue of a FIFO topic gets no ids; a standard topic passes its group
	// id on to standard queues (fair queues).
	if !q.FIFO {
		e.dedup, e.hasDedup = nil, false
		if s.Topic.FIFO {
			e.group, e.hasGroup = nil, false
		}
	} else {
		e.hasDedup = true
	}
	if err := q.checkParameters(&e); err != nil {
		return err.Message
	}
	if f := q.checkEntry(&e); f != nil {
		return f.message
	}
	results := make([]result, 1)
	if err := q.accept([]entry{e}, results); err != nil {
		return err.Message
	}
	return ""
}

// shape makes the message that the queue gets: the bare body with its attributes,
// or the JSON envelope.
func (s *Subscription) shape(e *entry, m *Message, raw bool) entry {
	out := *e
	out.system, out.trace, out.hasDelay = nil, nil, false
	// The queue sorts what it gets; the entry's own attributes serve other queues.
	out.attrs = slices.Clone(e.attrs)
	body := m.Body
	if m.Structure == "json" {
		// SNS developer guide, "message attributes": not delivered with this structure.
		body, _ = structured(e.body)
		out.attrs = nil
	}
	out.body = []byte(body)
	if !raw {
		out.body = s.envelope(m, body, len(out.attrs) > 0)
		out.attrs = nil
	}
	return out
}

// envelope is the JSON that SNS wraps messages in (SNS developer guide, "Amazon
// SNS message and JSON formats"). Its signature is a placeholder.
func (s *Subscription) envelope(m *Message, body string, withAttributes bool) []byte {
	type attribute struct {
		Type, Value string
	}
	v := struct {
		Type              string
		MessageID         string `json:"MessageId"`
		SequenceNumber    string `json:",omitempty"`
		TopicArn          string
		Subject           string `json:",omitempty"`
		Message           string
		Timestamp         string
		SignatureVersion  string
		Signature         string
		SigningCertURL    string
		UnsubscribeURL    string
		MessageAttributes map[string]attribute `json:",omitempty"`
	}{
		Type: "Notification", MessageID: m.ID, SequenceNumber: m.Sequence, TopicArn: s.Topic.ARN,
		Subject: m.Subject, Message: body, Timestamp: m.SentAt.UTC().Format("2006-01-02T15:04:05.000Z"),
		SignatureVersion: "1", Signature: "RVhBTVBMRQ==",
		SigningCertURL: s.Topic.a.URL + "/SimpleNotificationService.pem",
		UnsubscribeURL: s.Topic.a.URL + "/?Action=Unsubscribe&SubscriptionArn=" + s.ARN,
	}
	if withAttributes {
		v.MessageAttributes = map[string]attribute{}
		for name, a := range m.Attributes {
			value := a.String
			if a.Binary != nil {
				text, _ := json.Marshal(a.Binary)
				value = strings.Trim(string(text), `"`)
			}
			v.MessageAttributes[name] = attribute{a.Type, value}
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // strings always encode
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
