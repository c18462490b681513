package fake

import (
	"encoding/base64"
	"fmt"
)

// sendRequest is a decoded SendMessage or SendMessageBatch.
type sendRequest struct {
	queueURL []byte
	entries  []entry
}

// add returns a cleared entry at the end of the list, reusing its memory.
func (r *sendRequest) add() *entry {
	n := len(r.entries)
	if n < cap(r.entries) {
		r.entries = r.entries[:n+1]
		r.entries[n].reset()
	} else {
		r.entries = append(r.entries, entry{})
	}
	return &r.entries[n]
}

// decodeSend reads the JSON of a send into r. Entries alias body.
func decodeSend(body []byte, batch bool, r *sendRequest) error {
	r.queueURL, r.entries = nil, r.entries[:0]
	s := scanner{b: body}
	var single *entry
	if !batch {
		single = r.add()
	}
	err := s.object(func(key []byte) (err error) {
		switch {
		case string(key) == "QueueUrl":
			r.queueURL, err = s.str()
			return err
		case batch && string(key) == "Entries":
			return s.array(func() error {
				e := r.add()
				return s.object(func(key []byte) error { return decodeField(&s, key, e) })
			})
		case !batch:
			return decodeField(&s, key, single)
		}
		return s.skip()
	})
	if err != nil {
		return err
	}
	return s.end()
}

func decodeField(s *scanner, key []byte, e *entry) (err error) {
	switch string(key) {
	case "Id":
		e.id, err = s.str()
	case "MessageBody":
		e.body, err = s.str()
	case "MessageGroupId":
		e.group, err = s.str()
		e.hasGroup = e.group != nil
	case "MessageDeduplicationId":
		e.dedup, err = s.str()
		e.hasDedup = e.dedup != nil
	case "DelaySeconds":
		if !s.null() {
			e.delay, err = s.number()
			e.hasDelay = true
		}
	case "MessageAttributes":
		e.attrs, err = decodeAttributes(s, e.attrs)
	case "MessageSystemAttributes":
		e.system, err = decodeAttributes(s, e.system)
	default:
		err = s.skip()
	}
	return err
}

func decodeAttributes(s *scanner, into []attr) ([]attr, error) {
	err := s.object(func(name []byte) error {
		into = append(into, attr{name: name})
		a := &into[len(into)-1]
		return s.object(func(key []byte) (err error) {
			switch string(key) {
			case "DataType":
				a.typ, err = s.str()
			case "StringValue":
				var v []byte
				if v, err = s.str(); v != nil {
					a.value, a.hasValue = v, true
				}
			case "BinaryValue":
				var v []byte
				if v, err = s.str(); err == nil && v != nil {
					a.binary, a.hasValue = true, true
					a.value, err = decodeBase64(v)
				}
			default:
				err = s.skip()
			}
			return err
		})
	})
	return into, err
}

// decodeBase64 decodes in place: the result is never longer.
func decodeBase64(v []byte) ([]byte, error) {
	n, err := base64.StdEncoding.Decode(v, v)
	if err != nil {
		return nil, fmt.Errorf("decoding a BinaryValue: %w", err)
	}
	return v[:n], nil
}
