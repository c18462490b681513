package jsonscan

// PassObject steps over the object at i, validating it, and calls member with each key, its escapes unread, and where
// the value is; it returns the index after that, or -1. As to AWS, null is an object without members.
func PassObject(b []byte, i int, member func(key []byte, at int) int) int {
	return passList(b, i, '{', '}', func(i int) int {
		if i >= len(b) || b[i] != '"' {
			return -1
		}
		end, _ := PassString(b, i)
		if end < 0 {
			return -1
		}
		key := b[i+1 : end-1]
		if i = PassSpace(b, end); i >= len(b) || b[i] != ':' {
			return -1
		}
		return member(key, PassSpace(b, i+1))
	})
}

// PassArray does the same with the elements of an array.
func PassArray(b []byte, i int, element func(at int) int) int {
	return passList(b, i, '[', ']', element)
}

func passList(b []byte, i int, open, end byte, item func(at int) int) int {
	if i >= len(b) {
		return -1
	}
	if b[i] != open {
		if b[i] != 'n' {
			return -1
		}
		return PassScalar(b, i)
	}
	if i = PassSpace(b, i+1); i < len(b) && b[i] == end {
		return i + 1
	}
	for {
		if i = item(i); i < 0 {
			return -1
		}
		if i = PassSpace(b, i); i >= len(b) {
			return -1
		}
		switch b[i] {
		case ',':
			i = PassSpace(b, i+1)
		case end:
			return i + 1
		default:
			return -1
		}
	}
}
