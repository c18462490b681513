package routing

import (
	"fmt"
	"strings"
	"testing"
)

func TestTableTellsAttributesOfARuleAndItsDestination(t *testing.T) {
	table, err := Compile(Options{
		Destinations: []Destination{
			{Name: "ledger", GroupID: "value.account", Attributes: map[string]string{"b": `"own"`, "a": `"own"`}},
			{Name: "alerts", Subject: `"s"`},
		},
		Rules: []Rule{
			{Name: "gold", Match: map[string]any{"t": []any{1}}, To: []string{"alerts", "ledger"}, Attributes: map[string]string{"b": `"rule"`, "c": `"rule"`}},
			{To: []string{"ledger"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	attributes := func(destination, rule int) string {
		var parts []string
		for _, a := range table.Attributes(Target{destination, rule}) {
			v, _, _ := a.Value.Eval(event(`{}`))
			parts = append(parts, a.Name+"="+v)
		}
		return strings.Join(parts, " ")
	}
	for _, c := range []struct {
		destination, rule int
		want              string
	}{
		{0, 0, "a=own b=rule c=rule"},
		{1, 0, "b=rule c=rule"},
		{0, 1, "a=own b=own"},
		{0, -1, "a=own b=own"},
		{1, -1, ""},
	} {
		if got := attributes(c.destination, c.rule); got != c.want {
			t.Errorf("destination %d by rule %d: %s, want %s", c.destination, c.rule, got, c.want)
		}
	}
	if table.GroupID(0).String() != "value.account" || table.GroupID(1) != nil || table.Subject(0) != nil || table.Subject(1).String() != `"s"` {
		t.Error("group ids or subjects are mixed up")
	}
	if table.RuleName(0) != "gold" || table.RuleName(1) != "rule-2" || table.DestinationName(1) != "alerts" {
		t.Error("names are mixed up")
	}
}

func TestValueIsNeededWhereSomethingReadsIt(t *testing.T) {
	plain, reading := Destination{Name: "plain"}, Destination{Name: "reading", GroupID: "value.x"}
	to := func(name string) []string { return []string{name} }
	cases := []struct {
		name      string
		rule      Rule
		unmatched string
		want      bool
	}{
		{"headers only", Rule{Headers: map[string]any{"h": []any{"x"}}, When: "key == null", To: to("plain")}, "drop", false},
		{"match", Rule{Match: map[string]any{"a": []any{1}}, To: to("plain")}, "drop", true},
		{"when", Rule{When: "value.x == 1", To: to("plain")}, "drop", true},
		{"a rule's attribute", Rule{To: to("plain"), Attributes: map[string]string{"a": "value.x"}}, "drop", true},
		{"a destination's group id", Rule{To: to("reading")}, "drop", true},
		{"another topic's rule", Rule{Topics: topics("other"), To: to("reading")}, "drop", false},
		{"the policy's destination", Rule{To: to("plain")}, "reading", true},
	}
	for _, c := range cases {
		table, err := Compile(Options{Rules: []Rule{c.rule}, Destinations: []Destination{plain, reading}, Unmatched: c.unmatched})
		if err != nil {
			t.Fatal(err)
		}
		if got := table.NeedsValue("orders"); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestProblemsPrintOneALine(t *testing.T) {
	_, err := Compile(Options{Rules: []Rule{{}, {To: []string{"x"}}}})
	if got := strings.Count(err.Error(), "\n"); got != 1 {
		t.Errorf("%d line breaks in %q", got, err)
	}
}

// Topics that a regular expression finds may be many; what is compiled for them must not be.
func TestManyTopicsShareTheirPlans(t *testing.T) {
	table := compileRules(t,
		Rule{Topics: topics("/^iot\\./"), Match: map[string]any{"a": []any{1}}, To: []string{"a"}},
		Rule{Topics: topics("/7$/"), Match: map[string]any{"b": []any{1}}, To: []string{"b"}},
	)
	copied, known := 0, 0
	for i := range 10_000 {
		topic := fmt.Sprintf("iot.%d", i)
		if p := table.planFor(topic); p != table.planFor(topic) {
			t.Fatal("a topic has two plans")
		}
		if n := len(*table.known.Load()); n != known {
			copied, known = copied+n, n
		}
	}
	if len(table.shared) != 2 {
		t.Errorf("%d plans for two sets of rules", len(table.shared))
	}
	if copied > 100_000 {
		t.Errorf("%d entries copied", copied)
	}
	if known+len(table.fresh) != 10_000 {
		t.Errorf("%d topics known, %d fresh", known, len(table.fresh))
	}
}

// Nobody asks the registry for what no rule of the topic reads.
func TestTopicNeedsWhatItsRulesRead(t *testing.T) {
	t.Parallel()
	table := compileRules(t, Rule{Topics: topics("a"), When: `schema.subject == "x"`, To: []string{"a"}}, Rule{Topics: topics("b"), When: `schema.name == "x"`, To: []string{"a"}})
	for topic, want := range map[string][2]bool{"a": {true, true}, "b": {true, false}, "c": {false, false}} {
		if got := [2]bool{table.NeedsValue(topic), table.NeedsSubject(topic)}; got != want {
			t.Errorf("%s: %v", topic, got)
		}
	}
}
