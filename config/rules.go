package config

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sluice-bridge/sluice/config/patternlint"
	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/routing"
)

// Rule says where the events go that it matches. Topics, Match, Headers and When must all hold;
// what is left out always holds.
type Rule struct {
	Name       string            `key:"name" doc:"A name for logs, metrics and explanations; rule-1 and so on if left out."`
	Topics     []string          `key:"topics" doc:"The topics it is for, by name or by /regular expression/, which may match anywhere in a name; all that are read if left out."`
	Match      map[string]any    `key:"match" doc:"An EventBridge pattern over the value."`
	Headers    map[string]any    `key:"headers" doc:"An EventBridge pattern over the headers."`
	When       string            `key:"when" expr:"condition" doc:"A CEL expression that is true or false."`
	To         []string          `key:"to" doc:"The destinations to send to."`
	Drop       bool              `key:"drop" default:"false" doc:"Settles the event without sending it."`
	Continue   bool              `key:"continue" default:"false" doc:"Lets later rules match too."`
	Attributes map[string]string `key:"attributes" expr:"value" doc:"Message attributes, each a CEL expression."`

	order []string // of the patterns' fields in the file
}

// routing is the rule without what is there and empty, which has been refused.
func (r *Rule) routing() routing.Rule {
	out := routing.Rule{
		Name: r.Name, Topics: topicSet(r.Topics), To: r.To, Drop: r.Drop, Continue: r.Continue, Attributes: r.Attributes, Order: r.order,
	}
	if len(r.Match) > 0 {
		out.Match = r.Match
	}
	if len(r.Headers) > 0 {
		out.Headers = r.Headers
	}
	if strings.TrimSpace(r.When) != "" {
		out.When = r.When
	}
	return out
}

func (c *checker) checkRules() {
	orders := c.patternOrders()
	for i := range c.Rules {
		path := yamldoc.Index("rules", i)
		r := &c.Rules[i]
		if r.Name == "" {
			r.Name = routing.DefaultName(i)
		}
		if strings.ContainsFunc(r.Name, unicode.IsControl) {
			c.Addf(path+".name", "%q holds a character that does not print; write the name in one line of text", r.Name)
		}
		r.order = orders[path]
		r.check(c, path)
		for j := range i {
			if c.Rules[j].shadows(r) {
				c.Warnf(path, "no event reaches this rule, because rule %q takes them all; move this rule before it, or give that one continue: true", c.Rules[j].Name)
				break
			}
		}
	}
}

func (r *Rule) check(c *checker, path string) {
	for i, text := range r.Topics {
		checkTopic(c, yamldoc.Index(path+".topics", i), text)
	}
	if len(r.Topics) == 0 && c.Has(path+".topics") {
		c.Addf(path+".topics", "the list is empty; name a topic, or remove the key to look at all")
	}
	if strings.TrimSpace(r.When) == "" && c.Has(path+".when") {
		c.Addf(path+".when", "the condition is empty; write one, or remove the key to match everything")
	}
	if r.Match != nil || c.Has(path+".match") {
		checkPattern(c, path+".match", r.Match)
		patternlint.WarnFilter(c.Report, path+".match", r.Match)
	}
	if r.Headers != nil || c.Has(path+".headers") {
		checkPattern(c, path+".headers", r.Headers)
	}
	checkAttributeNames(c, path+".attributes", r.Attributes)
}

// checkPattern refuses a pattern without fields: it would match everything, which is said by leaving it out.
func checkPattern(c *checker, path string, pattern map[string]any) {
	if len(pattern) == 0 {
		c.Addf(path, "the pattern names no field; name one, or remove the key to match everything")
	}
	patternlint.WarnVoid(c.Report, path, pattern)
}

// patternOrders returns, by the path of each rule, the places of its patterns' fields within it, in
// the order in which they stand in the file.
func (c *checker) patternOrders() map[string][]string {
	orders := map[string][]string{}
	fields := c.Written(func(path string) bool {
		rule, below, _ := strings.Cut(path, ".")
		return strings.HasPrefix(rule, "rules[") && (strings.HasPrefix(below, "match.") || strings.HasPrefix(below, "headers."))
	})
	for _, path := range fields {
		rule, below, _ := strings.Cut(path, ".")
		orders[rule] = append(orders[rule], below)
	}
	return orders
}

// shadows reports whether no event that this rule sees comes to a later one.
func (r *Rule) shadows(later *Rule) bool {
	always := len(r.Match) == 0 && len(r.Headers) == 0 && (r.When == "" || strings.TrimSpace(r.When) == "true")
	if r.Continue || !always {
		return false
	}
	if len(r.Topics) == 0 {
		return true
	}
	for _, topic := range later.Topics {
		if !slices.Contains(r.Topics, topic) {
			return false
		}
	}
	return len(later.Topics) > 0
}
