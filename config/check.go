package config

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/routing"
)

// checker holds what the checks of the sections share.
type checker struct {
	*yamlconf.Reading
	*Config
	// dir is where relative paths start.
	dir string
	// attributes are the expressions of attributes that compile, by their place.
	attributes map[string]*routing.Expression
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
	c.checkUse()
	c.compile()
	c.checkAttributeValues()
	c.checkFilterable()
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
	if !c.IsUnread("destinations") { // else it may well be there
		c.Addf(path, "%s", routing.UnknownDestination(name, c.DestinationNames()))
	}
	return false
}

// checkUnmatched refuses an empty policy, and a configuration that sends nothing.
func (c *checker) checkUnmatched() {
	if c.Unmatched == "" {
		c.knows("unmatched", "")
	}
	if c.Unmatched == UnmatchedDrop && len(c.Rules) == 0 {
		c.Addf("rules", "there are no rules and unmatched is drop, so nothing would ever be sent; add a rule, or name a destination in unmatched")
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
