package pattern

import (
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/routing/pattern/ip"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

const cidrForm = `like 10.0.0.0/8 or 2001:db8::/32`

// cidr takes a block of addresses.
func (c *compiler) cidr(location string, arg any) (match.Matcher, bool) {
	s, ok := c.text(location, arg)
	if !ok {
		return match.Matcher{}, false
	}
	base, length, found := strings.Cut(strings.TrimRight(s, "/"), "/")
	a, ok := ip.Parse([]byte(base))
	switch {
	case !found && ok:
		c.problem(location, "%q is one address; write it as a value, [%q]", s, s)
		return match.Matcher{}, false
	case !ok:
		c.problem(location, "%q is not a block of addresses; write one, %s", s, cidrForm)
		return match.Matcher{}, false
	}
	bits, err := strconv.Atoi(length)
	switch {
	case err != nil || bits < 0 || bits > a.Width():
		c.problem(location, "%q has no number of bits from 0 to %d after the slash; write one, %s", s, a.Width()-1, cidrForm)
		return match.Matcher{}, false
	case bits == a.Width():
		c.problem(location, "%q is one address; write it as a value, [%q]", s, base)
		return match.Matcher{}, false
	}
	return match.Network(s, ip.Network{Base: a.Masked(bits), Bits: bits}), true
}
