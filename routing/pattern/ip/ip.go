// Package ip knows IPv4 and IPv6 addresses and blocks of them as Event Ruler does. It allocates nothing.
package ip

import "github.com/sluice-bridge/sluice/internal/jsonscan"

// Address is an IPv4 or IPv6 address. An IPv4 address written as IPv6 (::ffff:…) is IPv4.
type Address struct {
	hi, lo uint64 // IPv4 uses the lower half of lo
	V4     bool
}

// Network is a block of addresses; a single address is a block with all bits fixed.
type Network struct {
	Base Address
	Bits int
}

// Width is how many bits an address of its family has.
func (a Address) Width() int {
	if a.V4 {
		return 32
	}
	return 128
}

// Masked keeps the first bits of an address and clears the others.
func (a Address) Masked(bits int) Address {
	switch free := a.Width() - bits; {
	case free >= 128:
		a.hi, a.lo = 0, 0
	case free >= 64:
		a.hi, a.lo = a.hi&^(1<<(free-64)-1), 0
	default:
		a.lo &^= 1<<free - 1
	}
	return a
}

// Contains reports whether an address is in the block.
func (n Network) Contains(a Address) bool {
	return a.V4 == n.Base.V4 && a.Masked(n.Bits) == n.Base
}

// Parse reads an address in any form that Event Ruler takes: with leading zeros, which do
// not make a number octal, and without a zone or a dotted IPv4 tail.
func Parse(text []byte) (Address, bool) {
	if len(text) < 2 || len(text) > 64 {
		return Address{}, false
	}
	for _, c := range text {
		switch {
		case c == ':':
			return parseIPv6(text)
		case c == '.':
			return parseIPv4(text)
		case !jsonscan.IsHex(c):
			return Address{}, false
		}
	}
	return Address{}, false
}

func parseIPv4(text []byte) (Address, bool) {
	const longest = 15
	if len(text) > longest {
		return Address{}, false
	}
	var whole, part uint64
	parts, digits := 1, 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			part = part*10 + uint64(c-'0')
			digits++
		case c == '.' && digits > 0 && part <= 255:
			whole = whole<<8 | part
			part, digits = 0, 0
			parts++
		default:
			return Address{}, false
		}
	}
	return Address{lo: whole<<8 | part, V4: true}, parts == 4 && digits > 0 && part <= 255
}

func parseIPv6(text []byte) (Address, bool) {
	var groups [8]uint64
	count, gap, at := 0, -1, 0
	if text[0] == ':' {
		if text[1] != ':' {
			return Address{}, false
		}
		gap, at = 0, 2
	}
	for at < len(text) {
		start, group := at, uint64(0)
		for ; at < len(text) && jsonscan.IsHex(text[at]); at++ {
			if group = group<<4 | uint64(hexDigit(text[at])); group > 0xffff {
				return Address{}, false
			}
		}
		if at == start || count == len(groups) {
			return Address{}, false
		}
		groups[count] = group
		count++
		if at == len(text) {
			break
		}
		if text[at] != ':' {
			return Address{}, false
		}
		if at++; at == len(text) {
			return Address{}, false // one colon at the end
		}
		if text[at] == ':' {
			if gap >= 0 {
				return Address{}, false
			}
			gap = count
			at++
		}
	}
	if gap >= 0 && count < len(groups) {
		copy(groups[gap+len(groups)-count:], groups[gap:count])
		clear(groups[gap : gap+len(groups)-count])
	} else if gap >= 0 || count != len(groups) {
		return Address{}, false
	}
	a := Address{
		hi: groups[0]<<48 | groups[1]<<32 | groups[2]<<16 | groups[3],
		lo: groups[4]<<48 | groups[5]<<32 | groups[6]<<16 | groups[7],
	}
	if a.hi == 0 && a.lo>>32 == 0xffff {
		return Address{lo: a.lo & 0xffffffff, V4: true}, true
	}
	return a, true
}

func hexDigit(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}
