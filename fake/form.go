package fake

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// form is a form-encoded Query request, in its order.
type form []pair

type pair struct{ key, value string }

func parseForm(body []byte, into form) (form, error) {
	for field := range strings.SplitSeq(string(body), "&") {
		if field == "" {
			continue
		}
		key, value, _ := strings.Cut(field, "=")
		k, err := url.QueryUnescape(key)
		if err != nil {
			return into, err
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return into, err
		}
		into = append(into, pair{k, v})
	}
	return into, nil
}

func (f form) lookup(key string) (string, bool) {
	for _, p := range f {
		if p.key == key {
			return p.value, true
		}
	}
	return "", false
}

func (f form) get(key string) string {
	v, _ := f.lookup(key)
	return v
}

// entries collects a map parameter: prefix.entry.N.key and prefix.entry.N.value.
func (f form) entries(prefix string) map[string]string {
	m := map[string]string{}
	for i := 1; ; i++ {
		at := prefix + ".entry." + strconv.Itoa(i)
		key, ok := f.lookup(at + ".key")
		if !ok {
			return m
		}
		m[key] = f.get(at + ".value")
	}
}

const batchPrefix = "PublishBatchRequestEntries.member."

// decodePublish reads the messages of a Publish or PublishBatch.
func (f form) decodePublish(batch bool, r *sendRequest) error {
	if !batch {
		e := r.add()
		for _, p := range f {
			if err := e.setField(p.key, p.value); err != nil {
				return err
			}
		}
		return nil
	}
	for _, p := range f {
		rest, ok := strings.CutPrefix(p.key, batchPrefix)
		if !ok {
			continue
		}
		number, field, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("%s is not a parameter", p.key)
		}
		e := r.numbered(n)
		if err := e.setField(field, p.value); err != nil {
			return err
		}
	}
	return nil
}

// numbered returns the entry of a number in the form. The numbers of one entry
// stand together in practice, so the last one is looked at first.
func (r *sendRequest) numbered(n int) *entry {
	for i := len(r.entries) - 1; i >= 0; i-- {
		if r.entries[i].index == n {
			return &r.entries[i]
		}
	}
	e := r.add()
	e.index = n
	return e
}

func (e *entry) setField(key, value string) error {
	switch key {
	case "Id":
		e.id = []byte(value)
	case "Message":
		e.body = []byte(value)
	case "Subject":
		e.subject, e.hasSubject = []byte(value), true
	case "MessageStructure":
		e.structure = []byte(value)
	case "MessageGroupId":
		e.group, e.hasGroup = []byte(value), true
	case "MessageDeduplicationId":
		e.dedup, e.hasDedup = []byte(value), true
	default:
		if rest, ok := strings.CutPrefix(key, "MessageAttributes.entry."); ok {
			number, field, _ := strings.Cut(rest, ".")
			return e.setAttribute(number, field, value)
		}
	}
	return nil
}

// setAttribute sets a part of the numbered attribute.
func (e *entry) setAttribute(number, field, value string) error {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 1000 {
		return fmt.Errorf("MessageAttributes.entry.%s is not a parameter", number)
	}
	for len(e.attrs) < n {
		e.attrs = append(e.attrs, attr{})
	}
	a := &e.attrs[n-1]
	switch field {
	case "Name":
		a.name = []byte(value)
	case "Value.DataType":
		a.typ = []byte(value)
	case "Value.StringValue":
		a.value, a.hasValue = []byte(value), true
	case "Value.BinaryValue":
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return fmt.Errorf("decoding a BinaryValue: %w", err)
		}
		a.value, a.hasValue, a.binary = raw, true, true
	}
	return nil
}
