package sns

// hex digits of percent-encoding; RFC 3986 asks for upper case.
const hex = "0123456789ABCDEF"

// plain marks the bytes that a form carries as they are; a space becomes '+', as url.QueryEscape
// and the SDK have it, and all others three bytes.
var plain = func() (t [256]bool) {
	for _, r := range []struct{ from, to byte }{{'a', 'z'}, {'A', 'Z'}, {'0', '9'}} {
		for c := r.from; c <= r.to; c++ {
			t[c] = true
		}
	}
	t['-'], t['_'], t['.'], t['~'] = true, true, true, true
	return t
}()

// stretch is how much is encoded at once: room for the worst case is asked for that, and not for all of a
// large body.
const stretch = 32 << 10

// appendForm appends src in form encoding.
func appendForm[T []byte | string](dst []byte, src T) []byte {
	for len(src) > stretch {
		dst = appendStretch(dst, src[:stretch])
		src = src[stretch:]
	}
	return appendStretch(dst, src)
}

func appendStretch[T []byte | string](dst []byte, src T) []byte {
	n := len(dst)
	if want := 3 * len(src); cap(dst)-n < want {
		grown := make([]byte, n, n+n/4+want)
		copy(grown, dst)
		dst = grown
	}
	dst = dst[:cap(dst)]
	for i := 0; i < len(src); i++ {
		c := src[i]
		switch {
		case plain[c]:
			dst[n] = c
			n++
		case c == ' ':
			dst[n] = '+'
			n++
		default:
			d := dst[n : n+3 : n+3]
			d[0], d[1], d[2] = '%', hex[c>>4], hex[c&15]
			n += 3
		}
	}
	return dst[:n]
}
