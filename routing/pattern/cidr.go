package pattern

import (
	"strconv"
	"strings"
)

const cidrForm = `like 10.0.0.0/8 or 2001:db8::/32`

// cidr takes a block of addresses.
func (c *compiler) cidr(place string, arg any) (matcher, bool) {
	s, ok := c.text(place, arg)
	if !ok {
		return matcher{}, false
	}
	base, length, found := strings.Cut(strings.TrimRight(s, "/"), "/")
	a, ok := parseAddress([]byte(base))
	switch {
	case !found && ok:
		c.problem(place, "%q is one address; write it as a value, [%q]", s, s)
		return matcher{}, false
	case !ok:
		c.problem(place, "%q is no block of addresses; write one, %s", s, cidrForm)
		return matcher{}, false
	}
	bits, err := strconv.Atoi(length)
	switch {
	case err != nil || bits < 0 || bits > a.width():
		c.problem(place, "%q has no number of bits from 0 to %d after the slash; write one, %s", s, a.width()-1, cidrForm)
		return matcher{}, false
	case bits == a.width():
		c.problem(place, "%q is one address; write it as a value, [%q]", s, base)
		return matcher{}, false
	}
	return matchNetwork(s, network{a.masked(bits), bits}), true
}
