package routing

import (
	"fmt"
	"slices"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
	"github.com/sluice-bridge/sluice/routing/expr"
	"github.com/sluice-bridge/sluice/routing/pattern"
)

// Compile makes a table of the options. The error is Problems: all that is wrong with them.
func Compile(o Options) (*Table, error) {
	c := &compiler{table: &Table{}, patterns: pattern.NewSet(), destinations: map[string]int32{}, told: o.Compiled}
	for i := range o.Destinations {
		c.destination(&o.Destinations[i])
	}
	names := map[string]int{}
	for i := range o.Rules {
		c.rule(i, &o.Rules[i], names)
	}
	c.unmatched(o.Unmatched)
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	t, patterns := c.table, c.patterns
	t.fresh, t.shared = map[string]*plan{}, map[string]*plan{}
	t.known.Store(&map[string]*plan{})
	t.scratch.New = func() any { return &scratch{finder: patterns.NewFinder()} }
	return t, nil
}

type compiler struct {
	table        *Table
	problems     Problems
	patterns     *pattern.Set
	destinations map[string]int32 // by name
	names        []string
	told         func(place string, e *Expression)
}

func (c *compiler) problem(location, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: location, Message: fmt.Sprintf(format, excerpt.Args(args)...)})
}

func (c *compiler) destination(o *Destination) {
	location := "destinations." + o.Name
	d := destination{
		name:    o.Name,
		groupID: c.expression(location+".group_id", o.GroupID),
		subject: c.expression(location+".subject", o.Subject),
		body:    c.expression(location+".body", o.Body),
		event: EventExpressions{
			Type:    c.expression(location+".cloudevents.type", o.CloudEvents.Type),
			Source:  c.expression(location+".cloudevents.source", o.CloudEvents.Source),
			Subject: c.expression(location+".cloudevents.subject", o.CloudEvents.Subject),
		},
		attributes: c.attributes(location, o.Attributes),
	}
	if _, twice := c.destinations[o.Name]; twice {
		c.problem(location, "there are two destinations of this name")
	}
	c.destinations[o.Name] = int32(len(c.table.destinations)) //nolint:gosec // those of a file
	c.names = append(c.names, o.Name)
	c.table.destinations = append(c.table.destinations, d)
}

// expression compiles one that may be left out.
func (c *compiler) expression(location, source string) *expr.Expression {
	if source == "" {
		return nil
	}
	e, err := expr.Compile(source)
	if err != nil {
		c.problems = append(c.problems, problemOf(location, err))
	}
	return e
}

func (c *compiler) attributes(location string, sources map[string]string) []Attribute {
	names := make([]string, 0, len(sources))
	for n := range sources {
		names = append(names, n)
	}
	slices.Sort(names)
	var attributes []Attribute
	for _, n := range names {
		if sources[n] == "" {
			c.problem(location+".attributes."+n, "the expression is empty; write one such as value.type, or remove the attribute")
			continue
		}
		e, err := expr.Compile(sources[n])
		if err != nil {
			c.problems = append(c.problems, problemOf(location+".attributes."+n, err))
			continue
		}
		if c.told != nil {
			c.told(location+".attributes."+n, e)
		}
		attributes = append(attributes, Attribute{Name: n, Value: e})
	}
	return attributes
}

func (c *compiler) rule(i int, o *Rule, names map[string]int) {
	location := fmt.Sprintf("rules[%d]", i)
	r := rule{name: o.Name, topics: o.Topics, drop: o.Drop, continues: o.Continue}
	if r.name == "" {
		r.name = DefaultName(i)
	}
	if first, twice := names[r.name]; twice {
		c.problem(location+".name", "rule %d has the name %q already; choose another", first+1, r.name)
	} else {
		names[r.name] = i
	}
	var problems []pattern.Problem
	r.pattern, problems = c.patterns.Compile(location, o.Match, o.Headers, o.Order)
	for _, p := range problems {
		c.problems = append(c.problems, Problem{Path: p.Path, Message: p.Message})
	}
	if o.When != "" {
		when, err := expr.CompileCondition(o.When)
		if err != nil {
			c.problems = append(c.problems, problemOf(location+".when", err))
		}
		r.when = when
	}
	c.targets(location, o, &r)
	c.table.rules = append(c.table.rules, r)
}

// targets compiles what the rule does with an event that matches.
func (c *compiler) targets(location string, o *Rule, r *rule) {
	switch {
	case o.Drop && len(o.To) > 0:
		c.problem(location, "the rule both drops and sends; keep drop or to")
	case o.Drop && o.Continue:
		c.problem(location+".continue", "a rule that drops ends there; remove continue or drop")
	case o.Drop && len(o.Attributes) > 0:
		c.problem(location+".attributes", "a rule that drops sends nothing that could carry attributes; remove them or drop")
	case !o.Drop && len(o.To) == 0:
		c.problem(location, "the rule neither sends nor drops; add to: [DESTINATION], or drop: true")
	}
	own := c.attributes(location, o.Attributes)
	for j, name := range o.To {
		at := fmt.Sprintf("%s.to[%d]", location, j)
		i, ok := c.destinations[name]
		switch {
		case slices.Contains(o.To[:j], name):
			c.problem(at, "%q is in the list already; a record goes to a destination once", name)
			continue
		case !ok:
			c.problem(at, "%s", UnknownDestination(name, c.names))
			continue
		}
		r.to = append(r.to, i)
		r.attributes = append(r.attributes, overrideAttributes(c.table.destinations[i].attributes, own))
	}
}

// DefaultName is the name of a rule that has none, by its index: rule-1 for the first.
func DefaultName(rule int) string { return fmt.Sprintf("rule-%d", rule+1) }

// UnknownDestination says that there is no destination of a name, and what to write in its place.
func UnknownDestination(name string, known []string) excerpt.Verbatim {
	short := excerpt.Setting(name)
	if len(known) == 0 {
		return excerpt.Verbatim(fmt.Sprintf("there is no destination %q, nor any other; add it under destinations", short))
	}
	if near := suggest.Nearest(name, known); near != "" {
		return excerpt.Verbatim(fmt.Sprintf("there is no destination %q; did you mean %q?", short, excerpt.Setting(near)))
	}
	return excerpt.Verbatim(fmt.Sprintf("there is no destination %q; choose from %s", short, excerpt.Listing(known, "and")))
}

// overrideAttributes joins a destination's attributes and a rule's; of two with one name the rule's stands.
func overrideAttributes(destination, rule []Attribute) []Attribute {
	if len(rule) == 0 {
		return destination
	}
	var joined []Attribute
	for _, a := range destination {
		if !slices.ContainsFunc(rule, func(b Attribute) bool { return b.Name == a.Name }) {
			joined = append(joined, a)
		}
	}
	return append(joined, rule...)
}

func (c *compiler) unmatched(policy string) {
	switch policy {
	case "drop", "":
		c.table.unmatched = unmatchedDrop
	case "dead_letter":
		c.table.unmatched = unmatchedDeadLetter
	default:
		i, ok := c.destinations[policy]
		if near := suggest.Nearest(policy, []string{"drop", "dead_letter"}); !ok && near != "" {
			c.problem("unmatched", "%q is neither a policy nor a destination; did you mean %q?", policy, near)
		} else if !ok {
			c.problem("unmatched", "%s", UnknownDestination(policy, c.names))
		}
		c.table.unmatched = i
	}
}
