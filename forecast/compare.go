package forecast

import "strings"

// Change is one thing that differs between two fates; what is not there is empty.
type Change struct {
	Destination   string // empty for what concerns the whole event
	What          string // "outcome", "attributes.tier"; empty for a whole delivery
	Before, After string
}

// Path names what differs: "outcome", "ledger", "ledger.attributes.tier".
func (c Change) Path() string { return strings.Trim(c.Destination+"."+c.What, ".") }

// Compare lists what differs, in a fixed order.
func Compare(a, b *Forecast) []Change {
	var all changes
	all.add("outcome", a.Outcome, b.Outcome)
	all.add("rules", strings.Join(a.Rules, ", "), strings.Join(b.Rules, ", "))
	all.add("errors", failures(a.Errors), failures(b.Errors))
	all.add("dead_letters", a.DeadLetters, b.DeadLetters)
	i, j := 0, 0
	for i < len(a.Messages) || j < len(b.Messages) {
		switch {
		case j == len(b.Messages) || i < len(a.Messages) && a.Messages[i].Destination < b.Messages[j].Destination:
			all.list = append(all.list, Change{Destination: a.Messages[i].Destination, Before: a.Messages[i].Address})
			i++
		case i == len(a.Messages) || b.Messages[j].Destination < a.Messages[i].Destination:
			all.list = append(all.list, Change{Destination: b.Messages[j].Destination, After: b.Messages[j].Address})
			j++
		default:
			all.messages(&a.Messages[i], &b.Messages[j])
			i, j = i+1, j+1
		}
	}
	return all.list
}

type changes struct {
	destination string
	list        []Change
}

func (c *changes) add(what, before, after string) {
	if before != after {
		c.list = append(c.list, Change{c.destination, what, before, after})
	}
}

func (c *changes) messages(a, b *Message) {
	c.destination = a.Destination
	c.add("address", a.Address, b.Address)
	c.add("rule", a.Rule, b.Rule)
	c.add("problems", strings.Join(a.Problems, "; "), strings.Join(b.Problems, "; "))
	c.add("group_id", a.GroupID, b.GroupID)
	c.add("deduplication_id", a.DeduplicationID, b.DeduplicationID)
	c.add("subject", a.Subject, b.Subject)
	c.add("trace", a.Trace, b.Trace)
	for _, v := range a.Attributes {
		after, _ := b.Attribute(v.Name)
		c.add("attributes."+v.Name, v.Value, after)
	}
	for _, v := range b.Attributes {
		if _, there := a.Attribute(v.Name); !there {
			c.add("attributes."+v.Name, "", v.Value)
		}
	}
	c.add("body", string(a.Body), string(b.Body))
}

func failures(all []RuleError) string {
	var texts []string
	for _, e := range all {
		texts = append(texts, strings.TrimPrefix(e.Rule+": "+e.Text, ": "))
	}
	return strings.Join(texts, "; ")
}
