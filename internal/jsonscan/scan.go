package jsonscan

import "bytes"

// The scanner walks a JSON document that was validated before: it looks for the ends of things
// and nothing else. On a document that is not valid it may answer anything, but it stays within
// the bytes and comes to an end.

// SkipSpace steps over white space.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// StringEnd returns the index after the string that opens at i.
func StringEnd(b []byte, i int) int {
	for at := i + 1; at < len(b); at++ {
		quote := bytes.IndexByte(b[at:], '"')
		if quote < 0 {
			break
		}
		at += quote
		// A quote is escaped by an odd number of backslashes before it.
		slashes := 0
		for k := at - 1; k > i && b[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return at + 1
		}
	}
	return len(b)
}

// ValueEnd returns the index after the value that starts at i.
func ValueEnd(b []byte, i int) int {
	if i >= len(b) {
		return len(b)
	}
	switch b[i] {
	case '"':
		return StringEnd(b, i)
	case '{', '[':
		return nestedEnd(b, i)
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case ',', ']', '}', ' ', '\n', '\t', '\r':
			return i
		}
	}
	return i
}

func nestedEnd(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = StringEnd(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}

// Member is one key and value of an object.
type Member struct {
	key     []byte // between the quotes
	Escaped bool   // key has escapes
	Value   int    // where the value starts
}

// Name is the key as text.
func (m Member) Name() string {
	if m.Escaped {
		return string(Unescape(nil, m.key))
	}
	return string(m.key)
}

// Is reports whether the member has this name.
func (m Member) Is(key string) bool {
	if m.Escaped {
		return string(Unescape(nil, m.key)) == key
	}
	return string(m.key) == key
}

// NextMember reads the member at i, which stands after the opening brace or after the value
// before. Where there is none it returns the index after the object.
func NextMember(b []byte, i int) (m Member, end int, ok bool) {
	i = SkipSpace(b, i)
	if i < len(b) && b[i] == ',' {
		i = SkipSpace(b, i+1)
	}
	if i >= len(b) || b[i] != '"' {
		return Member{}, min(i+1, len(b)), false
	}
	end = StringEnd(b, i)
	m.key = b[i+1 : max(i+1, end-1)]
	m.Escaped = bytes.IndexByte(m.key, '\\') >= 0
	i = SkipSpace(b, end)
	if i < len(b) && b[i] == ':' {
		i = SkipSpace(b, i+1)
	}
	if i >= len(b) {
		return Member{}, len(b), false
	}
	m.Value = i
	return m, i, true
}

// FindMember returns where the value of a key starts in the object that opens at i, or -1. Of a key
// that occurs twice the last counts.
func FindMember(doc []byte, i int, key string) int {
	at := -1
	for i++; ; {
		m, next, ok := NextMember(doc, i)
		if !ok {
			return at
		}
		if m.Is(key) {
			at = m.Value
		}
		i = ValueEnd(doc, next)
	}
}

// NextElement is NextMember for an array: it returns where the next element starts.
func NextElement(b []byte, i int) (start int, ok bool) {
	i = SkipSpace(b, i)
	if i < len(b) && b[i] == ',' {
		i = SkipSpace(b, i+1)
	}
	if i >= len(b) || b[i] == ']' {
		return min(i+1, len(b)), false
	}
	return i, true
}
