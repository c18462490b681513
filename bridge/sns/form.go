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

// appendForm appends src in form encoding, reserving for the worst case once.
func appendForm[T []byte | string](dst []byte, src T) []byte {
	n := len(dst)
	if want := 3 * len(src); cap(dst)-n < want {
		grown := make([]byte, n, max(n+want, 2*cap(dst)))
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
