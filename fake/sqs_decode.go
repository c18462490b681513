package fake

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sluice-bridge/sluice/internal/jsonscan"
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

// decodeSend reads the JSON of a send into r. Entries alias body, whose strings are unescaped in place. It walks the
// text by index: sends are what the benchmarks measure, and reflection would cost more than everything else the
// endpoint does for a request.
func decodeSend(body []byte, batch bool, r *sendRequest) error {
	r.queueURL, r.entries = nil, r.entries[:0]
	d := sendDecoder{b: body}
	var single *entry
	if !batch {
		single = r.add()
	}
	end := d.object(jsonscan.PassSpace(body, 0), func(key []byte, at int) int {
		switch {
		case string(key) == "QueueUrl":
			return d.text(at, &r.queueURL)
		case batch && string(key) == "Entries":
			return jsonscan.PassArray(body, at, func(at int) int {
				e := r.add()
				return d.object(at, func(key []byte, at int) int { return d.field(key, at, e) })
			})
		case !batch:
			return d.field(key, at, single)
		}
		return jsonscan.PassValue(body, at, 0)
	})
	switch {
	case d.err != nil:
		return d.err
	case end < 0 || jsonscan.PassSpace(body, end) != len(body):
		return errors.New("the body is not the JSON of such a request")
	}
	return nil
}

// sendDecoder reads values at an index and returns that behind them, or -1 where they are of another type or no JSON.
type sendDecoder struct {
	b   []byte
	err error // more than that
}

// object reads the members of an object.
func (d *sendDecoder) object(at int, member func(key []byte, at int) int) int {
	return jsonscan.PassObject(d.b, at, func(key []byte, at int) int {
		if bytes.IndexByte(key, '\\') >= 0 {
			key = jsonscan.Unescape(nil, key)
		}
		return member(key, at)
	})
}

func (d *sendDecoder) field(key []byte, at int, e *entry) int {
	switch string(key) {
	case "Id":
		return d.text(at, &e.id)
	case "MessageBody":
		return d.text(at, &e.body)
	case "MessageGroupId":
		at = d.text(at, &e.group)
		e.hasGroup = e.group != nil
	case "MessageDeduplicationId":
		at = d.text(at, &e.dedup)
		e.hasDedup = e.dedup != nil
	case "DelaySeconds":
		return d.delay(at, e)
	case "MessageAttributes":
		return d.attributes(at, &e.attrs)
	case "MessageSystemAttributes":
		return d.attributes(at, &e.system)
	default:
		return jsonscan.PassValue(d.b, at, 0)
	}
	return at
}

func (d *sendDecoder) attributes(at int, into *[]attr) int {
	return d.object(at, func(name []byte, at int) int {
		*into = append(*into, attr{name: name})
		a := &(*into)[len(*into)-1]
		return d.object(at, func(key []byte, at int) int {
			var value []byte
			switch string(key) {
			case "DataType":
				return d.text(at, &a.typ)
			case "StringValue":
				if at = d.text(at, &value); value != nil {
					a.value, a.hasValue = value, true
				}
			case "BinaryValue":
				if at = d.text(at, &value); value != nil {
					a.binary, a.hasValue = true, true
					n, err := base64.StdEncoding.Decode(value, value) // the result is never longer
					if err != nil {
						d.err = fmt.Errorf("decoding a BinaryValue: %w", err)
						return -1
					}
					a.value = value[:n]
				}
			default:
				return jsonscan.PassValue(d.b, at, 0)
			}
			return at
		})
	})
}

// text reads a string, or null as nil.
func (d *sendDecoder) text(at int, into *[]byte) int {
	if *into = nil; at >= len(d.b) {
		return -1
	}
	if d.b[at] == 'n' {
		return jsonscan.PassScalar(d.b, at)
	}
	if d.b[at] != '"' {
		return -1
	}
	end, escaped := jsonscan.PassString(d.b, at)
	if end < 0 {
		return -1
	}
	*into = d.b[at+1 : end-1 : end-1]
	if escaped {
		*into = unescape(*into)
	}
	return end
}

// delay reads an integer, or null as none.
func (d *sendDecoder) delay(at int, e *entry) int {
	if at >= len(d.b) {
		return -1
	}
	end := jsonscan.PassScalar(d.b, at)
	if end < 0 || d.b[at] == 'n' {
		return end
	}
	var err error
	if e.delay, err = strconv.Atoi(string(d.b[at:end])); err != nil {
		return -1
	}
	e.hasDelay = true
	return end
}

// unescape reads the escapes of a string in place, which always fits: none is shorter than what it stands for. Behind a
// text with half a surrogate pair it leaves a byte that no text has, for the check of characters to refuse.
func unescape(text []byte) []byte {
	half := halfPair(text)
	text = jsonscan.Unescape(text[:0], text)
	if half {
		text = append(text, 0xFF)
	}
	return text
}

// halfPair says whether a string has the escape of a surrogate without its pair.
func halfPair(s []byte) bool {
	unit := func(i int) rune {
		if i+6 > len(s) || s[i] != '\\' || s[i+1] != 'u' {
			return 0
		}
		n, _ := strconv.ParseUint(string(s[i+2:i+6]), 16, 16) // it was validated
		return rune(n)
	}
	for i := 0; i < len(s); i++ {
		next := bytes.IndexByte(s[i:], '\\')
		if next < 0 {
			return false
		}
		i += next
		switch r := unit(i); {
		case !utf16.IsSurrogate(r):
			i++ // past what is escaped
		case utf16.DecodeRune(r, unit(i+6)) == utf8.RuneError:
			return true
		default:
			i += 11
		}
	}
	return false
}
