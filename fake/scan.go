package fake

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON from a buffer that it owns. Strings are unescaped in place,
// which always fits: no escape is shorter than what it stands for. It exists
// because sends are what the benchmarks measure, and reflection would cost more
// than everything else the endpoint does for a request.
type scanner struct {
	b []byte
	i int
}

var errTruncatedJSON = errors.New("unexpected end of JSON")

func (s *scanner) unexpected() error {
	if s.i >= len(s.b) {
		return errTruncatedJSON
	}
	return fmt.Errorf("unexpected %q at byte %d of the JSON", s.b[s.i], s.i)
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

func (s *scanner) peek() byte {
	s.space()
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

func (s *scanner) accept(c byte) bool {
	if s.peek() == c && s.i < len(s.b) {
		s.i++
		return true
	}
	return false
}

func (s *scanner) expect(c byte) error {
	if !s.accept(c) {
		return s.unexpected()
	}
	return nil
}

// null consumes a null and says whether there was one.
func (s *scanner) null() bool {
	if s.peek() == 'n' && bytes.HasPrefix(s.b[s.i:], []byte("null")) {
		s.i += 4
		return true
	}
	return false
}

// object calls field for each member, positioned at the value. A null is an
// object without members.
func (s *scanner) object(field func(key []byte) error) error {
	if s.null() {
		return nil
	}
	if err := s.expect('{'); err != nil {
		return err
	}
	if s.accept('}') {
		return nil
	}
	for {
		key, err := s.str()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := field(key); err != nil {
			return err
		}
		if s.accept(',') {
			continue
		}
		return s.expect('}')
	}
}

// array calls element for each element. A null is an empty array.
func (s *scanner) array(element func() error) error {
	if s.null() {
		return nil
	}
	if err := s.expect('['); err != nil {
		return err
	}
	if s.accept(']') {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.accept(',') {
			continue
		}
		return s.expect(']')
	}
}

// str reads a string, or a null as nil.
func (s *scanner) str() ([]byte, error) {
	if s.null() {
		return nil, nil
	}
	if err := s.expect('"'); err != nil {
		return nil, err
	}
	start := s.i
	n := bytes.IndexByte(s.b[start:], '"')
	if n < 0 {
		return nil, errTruncatedJSON
	}
	if bytes.IndexByte(s.b[start:start+n], '\\') < 0 {
		s.i += n + 1
		return s.b[start : start+n : start+n], noControl(s.b[start : start+n])
	}
	return s.unescape(start)
}

func noControl(b []byte) error {
	for _, c := range b {
		if c < 0x20 {
			return fmt.Errorf("control character %#x in a JSON string", c)
		}
	}
	return nil
}

func (s *scanner) unescape(start int) ([]byte, error) {
	b, w, r := s.b, start, start
	for r < len(b) {
		c := b[r]
		switch {
		case c == '"':
			s.i = r + 1
			return b[start:w:w], nil
		case c < 0x20:
			return nil, fmt.Errorf("control character %#x in a JSON string", c)
		case c != '\\':
			run := r
			for r < len(b) && b[r] != '"' && b[r] != '\\' && b[r] >= 0x20 {
				r++
			}
			w += copy(b[w:], b[run:r])
		case r+1 >= len(b):
			return nil, errTruncatedJSON
		case b[r+1] == 'u':
			v, n, err := unicodeEscape(b[r:])
			if err != nil {
				return nil, err
			}
			w += putRune(b[w:], v)
			r += n
		default:
			v, ok := simpleEscape(b[r+1])
			if !ok {
				return nil, fmt.Errorf("unknown escape \\%c in a JSON string", b[r+1])
			}
			b[w] = v
			w, r = w+1, r+2
		}
	}
	return nil, errTruncatedJSON
}

func simpleEscape(c byte) (byte, bool) {
	switch c {
	case '"', '\\', '/':
		return c, true
	case 'n':
		return '\n', true
	case 't':
		return '\t', true
	case 'r':
		return '\r', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	}
	return 0, false
}

// unicodeEscape decodes one \uXXXX, or a surrogate pair of them, and its length.
func unicodeEscape(b []byte) (rune, int, error) {
	v, err := hex4(b)
	if err != nil {
		return 0, 0, err
	}
	if utf16.IsSurrogate(v) && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		low, err := hex4(b[6:])
		if err != nil {
			return 0, 0, err
		}
		if pair := utf16.DecodeRune(v, low); pair != utf8.RuneError {
			return pair, 12, nil
		}
	}
	return v, 6, nil
}

func hex4(b []byte) (rune, error) {
	if len(b) < 6 {
		return 0, errTruncatedJSON
	}
	v := rune(0)
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, fmt.Errorf("bad escape %q in a JSON string", b[:6])
		}
		v = v<<4 | rune(c)
	}
	return v, nil
}

// putRune writes a rune as UTF-8. A lone surrogate is written in the three bytes
// it would have, which are not UTF-8: the character check then refuses it,
// instead of a replacement character passing as text.
func putRune(b []byte, r rune) int {
	if utf16.IsSurrogate(r) {
		b[0], b[1], b[2] = 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F
		return 3
	}
	return utf8.EncodeRune(b, r)
}

// number reads an integer.
func (s *scanner) number() (int, error) {
	s.space()
	start := s.i
	for s.i < len(s.b) && (s.b[s.i] == '-' || s.b[s.i] >= '0' && s.b[s.i] <= '9') {
		s.i++
	}
	n, err := strconv.Atoi(string(s.b[start:s.i]))
	if err != nil {
		return 0, fmt.Errorf("expected an integer at byte %d of the JSON", start)
	}
	return n, nil
}

// skip passes over any value.
func (s *scanner) skip() error {
	switch s.peek() {
	case '{':
		return s.object(func([]byte) error { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		_, err := s.str()
		return err
	}
	start := s.i
	for s.i < len(s.b) && !bytes.ContainsRune([]byte(" \t\r\n,]}"), rune(s.b[s.i])) {
		s.i++
	}
	if s.i == start {
		return s.unexpected()
	}
	return nil
}

// end fails when something follows the value.
func (s *scanner) end() error {
	if s.space(); s.i != len(s.b) {
		return s.unexpected()
	}
	return nil
}
