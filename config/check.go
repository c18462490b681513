package config

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sluice-bridge/sluice/config/yamlconf"
)

// checker holds what the checks of the sections share.
type checker struct {
	*yamlconf.Reading
	*Config
	// dir is where relative paths start.
	dir string
}

// check completes the configuration and reports what is wrong with it, section by section and
// then across sections.
func (c *checker) check() {
	c.Kafka.check(c)
	c.SchemaRegistry.check(c)
	for _, name := range slices.Sorted(maps.Keys(c.Topics)) {
		checkTopic(c, "topics."+name, name)
		c.Topics[name].check(c, "topics."+name)
	}
	c.AWS.check(c)
	for _, name := range c.DestinationNames() {
		d := c.Destinations[name]
		d.Name = name
		d.check(c, "destinations."+name)
		c.Destinations[name] = d
	}
	c.checkIsolated()
	c.checkRules()
	c.checkUnmatched()
	c.DeadLetter.check(c)
	c.Correlation.check(c)
	c.Admin.check(c)
	c.checkOpenSelf()
	c.checkSubscriptions()
	c.checkAttributeBudget()
	c.checkAttributeTypes()
	c.checkAttributeValues()
	c.checkFilterable()
	c.checkUse()
	c.compile()
	c.checkNumbers()
}

// awsRegion is the region where neither a destination nor its address names one.
func (c *checker) awsRegion() string {
	region, _ := c.Lookup("AWS_REGION")
	fallback, _ := c.Lookup("AWS_DEFAULT_REGION")
	return cmp.Or(c.AWS.Region, region, fallback)
}

// knows reports a name that is no destination.
func (c *checker) knows(path, name string) bool {
	if _, ok := c.Destinations[name]; ok {
		return true
	}
	// A section that could not be read may well hold it.
	if c.IsUnread("destinations") {
		return false
	}
	if len(c.Destinations) == 0 {
		c.Addf(path, "there is no destination %q, nor any other; add it under destinations", name)
		return false
	}
	if near := yamlconf.Nearest(name, c.DestinationNames()); near != "" {
		c.Addf(path, "there is no destination %q; did you mean %q?", name, near)
		return false
	}
	c.Addf(path, "there is no destination %q; choose from %s", name, yamlconf.Listing(c.DestinationNames(), "and"))
	return false
}

// checkUnmatched resolves the policy for events that no rule matched.
func (c *checker) checkUnmatched() {
	switch c.Unmatched {
	case UnmatchedDeadLetter:
	case UnmatchedDrop:
		if len(c.Rules) == 0 {
			c.Addf("rules", "there are no rules and unmatched is drop, so nothing would ever be sent; add a rule, or name a destination in unmatched")
		}
	default:
		if near := yamlconf.Nearest(c.Unmatched, []string{UnmatchedDrop, UnmatchedDeadLetter}); near != "" && !c.IsUnread("destinations") {
			if _, ok := c.Destinations[c.Unmatched]; !ok {
				c.Addf("unmatched", "%q is neither a policy nor a destination; did you mean %q?", c.Unmatched, near)
				return
			}
		}
		c.knows("unmatched", c.Unmatched)
	}
}

// checkUse warns of destinations that nothing is ever sent to.
func (c *checker) checkUse() {
	used := map[string]bool{c.Unmatched: true, c.DeadLetter.Destination: true}
	for i := range c.Rules {
		for _, name := range c.Rules[i].To {
			used[name] = true
		}
	}
	for _, name := range c.DestinationNames() {
		if !used[name] {
			c.Warnf("destinations."+name, "nothing is sent to this destination; name it in a rule, or remove it")
		}
	}
}
