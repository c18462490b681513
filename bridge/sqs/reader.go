package sqs

// reader walks JSON without building values. It is strict where that tells a whole document from
// a cut one, and lax about the inside of numbers and escapes. After a mistake bad stays set and
// every call returns at once.
type reader struct {
	data  []byte
	at    int
	depth int
	bad   bool
}

// maxDepth bounds nesting, as skip recurses; an answer has four levels.
const maxDepth = 32

func (r *reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// take moves past c, after white space, and tells whether it was there.
func (r *reader) take(c byte) bool {
	r.space()
	if r.bad || r.at >= len(r.data) || r.data[r.at] != c {
		return false
	}
	r.at++
	return true
}

func (r *reader) expect(c byte) {
	if !r.take(c) {
		r.bad = true
	}
}

// done tells whether the document was right and nothing follows it.
func (r *reader) done() bool {
	r.space()
	return !r.bad && r.at == len(r.data)
}

// object calls member at each value, which it must consume. null is an empty object.
func (r *reader) object(member func(key []byte)) {
	if r.null() {
		return
	}
	r.list('{', '}', func() {
		key := r.text()
		r.expect(':')
		r.space()
		if !r.bad {
			member(key)
		}
	})
}

// array calls element at each value, which it must consume. null is an empty array.
func (r *reader) array(element func()) {
	if r.null() {
		return
	}
	r.list('[', ']', func() {
		r.space()
		element()
	})
}

func (r *reader) list(open, end byte, item func()) {
	r.expect(open)
	if r.depth++; r.depth > maxDepth {
		r.bad = true
	}
	if !r.bad && !r.take(end) {
		for item(); !r.bad && r.take(','); item() {
			if r.bad {
				break
			}
		}
		r.expect(end)
	}
	r.depth--
}

// text reads a string and returns its inside, escapes unread.
func (r *reader) text() []byte {
	r.expect('"')
	if r.bad {
		return nil
	}
	start := r.at
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case '"':
			r.at++
			return r.data[start : r.at-1]
		case '\\':
			r.at++
		}
		r.at++
	}
	r.bad = true
	return nil
}

// null moves past a null, if there is one.
func (r *reader) null() bool {
	r.space()
	if !r.bad && r.at+4 <= len(r.data) && string(r.data[r.at:r.at+4]) == "null" {
		r.at += 4
		return true
	}
	return false
}

// skip moves past one value of any kind.
func (r *reader) skip() {
	r.space()
	if r.bad || r.at >= len(r.data) {
		r.bad = true
		return
	}
	switch r.data[r.at] {
	case '{':
		r.object(func([]byte) { r.skip() })
	case '[':
		r.array(r.skip)
	case '"':
		r.text()
	default:
		start := r.at
		for r.at < len(r.data) && scalar(r.data[r.at]) {
			r.at++
		}
		r.bad = r.at == start
	}
}

// scalar tells the bytes of numbers, true, false and null.
func scalar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// entryID reads an object and returns its Id.
func (r *reader) entryID() []byte {
	var id []byte
	r.object(func(key []byte) {
		if string(key) == "Id" {
			id = r.text()
		} else {
			r.skip()
		}
	})
	return id
}
