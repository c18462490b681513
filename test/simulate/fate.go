package simulate

import "slices"

// fate is what a configuration has become of a record: it goes to destinations, by name, or is a dead
// letter for a reason; where neither is said it is dropped.
type fate struct {
	to     []string
	letter string
}

// whens are the expressions of rules, by name, and what they say of a document.
var whens = map[string]struct {
	expression string
	holds      func(d document) (holds, fails bool)
}{
	// It fails where there is no number.
	"number": {"value.n > 0", func(d document) (bool, bool) { return d.number > 0, d.number < 0 }},
	// It is beyond what one evaluation may cost with the longer lists, and fails where the list is within a text.
	"costly": {"has(value.items) && value.items.exists(a, value.items.exists(b, a + b == -1))",
		func(d document) (bool, bool) { return false, d.items*d.items > 1_000_000 || d.quoted }},
}

func (s *Setup) fate(r *record) fate {
	if !slices.Contains(s.Topics, r.topic) {
		return fate{}
	}
	if reason := s.unreadable(r); reason != "" {
		return fate{letter: reason}
	}
	if s.Tombstones == "drop" && len(r.value) == 0 {
		return fate{}
	}
	doc, ok := s.Reads[r.topic].sees(&r.content)
	if !ok {
		return fate{letter: "undecodable"}
	}
	failed, unread := false, false
	for _, rule := range s.Rules {
		if len(rule.Topics) > 0 && !slices.Contains(rule.Topics, r.topic) {
			continue
		}
		holds, fails := rule.holds(doc)
		failed, unread = failed || fails, unread || rule.reads()
		if holds {
			return fate{to: rule.To}
		}
	}
	switch {
	case unread && s.Reads[r.topic].invalid(&r.content):
		return fate{letter: "undecodable"}
	case failed:
		return fate{letter: "rule_error"}
	case s.Unmatched == "drop":
		return fate{}
	case s.Unmatched == "dead_letter":
		return fate{letter: "unmatched"}
	}
	return fate{to: []string{s.Unmatched}}
}

// reads reports whether a rule looks into the value.
func (r *Rule) reads() bool { return r.When != "" || len(r.Kinds) > 0 }

func (r *Rule) holds(d document) (holds, fails bool) {
	switch {
	case r.When != "":
		return whens[r.When].holds(d)
	case len(r.Kinds) > 0:
		return d.object && slices.Contains(r.Kinds, d.kind), false
	}
	return true, false
}

// unreadable returns why a batch is not read; empty where it is.
func (s *Setup) unreadable(r *record) string {
	const spare = 32 << 20 // of memory, beside half of the window
	if r.unpacked > s.Bytes/2+spare {
		return "batch_too_large"
	}
	return r.damage
}
