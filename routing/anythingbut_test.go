package routing

import (
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/routing/expr"
)

// What is advised in place of a pattern can be pasted, and answers for every event.
func TestAdvisedConditionAnswersAsAnythingButWould(t *testing.T) {
	for name, texts := range map[string][2]string{"prefix": {`"IT'S \" x"`, `"is"`}, "suffix": {`"x IT'S \""`, `"IT'"`}} {
		not := map[string]any{"anything-but": map[string]any{name: map[string]any{"equals-ignore-case": `it's "`}}}
		for _, inHeaders := range []bool{false, true} {
			rule := Rule{To: []string{"a"}}
			if pattern := map[string]any{"field": []any{not}}; inHeaders {
				rule.Headers = pattern
			} else {
				rule.Match = pattern
			}
			problems := problemsOf(rule)
			if len(problems) != 1 {
				t.Fatalf("%s: %v", name, problems)
			}
			_, advice, _ := strings.Cut(problems[0].Message, "; write ")
			var instead struct{ When string }
			if err := yaml.Unmarshal([]byte(advice), &instead); err != nil {
				t.Fatalf("%s: %v", advice, err)
			}
			when, err := expr.Compile(instead.When)
			if err != nil {
				t.Fatalf("%s: %v", instead.When, err)
			}
			if inHeaders {
				continue
			}
			for value, want := range map[string]string{"{}": "false", `{"field":null}`: "true", `{"field":1}`: "true", `{"field":[1]}`: "true",
				`{"field":` + texts[0] + `}`: "false", `{"field":` + texts[1] + `}`: "true"} {
				if got, _, err := when.Eval(event(value)); got != want || err != nil {
					t.Errorf("%s on %s: %s, %v; want %s", instead.When, value, got, err, want)
				}
			}
		}
	}
}

func TestAnythingButBeyondASCIIAdvisesNoCondition(t *testing.T) {
	problems := problemsOf(Rule{To: []string{"a"}, Match: map[string]any{"field": []any{map[string]any{"anything-but": map[string]any{"prefix": map[string]any{"equals-ignore-case": "Ü"}}}}}})
	if len(problems) != 1 || strings.Contains(problems[0].Message, "when") || !strings.Contains(problems[0].Message, "; list each way to write the text") {
		t.Errorf("got %v", problems)
	}
}

func problemsOf(rule Rule) Problems {
	_, err := Compile(Options{Rules: []Rule{rule}, Destinations: []Destination{{Name: "a"}}})
	var problems Problems
	errors.As(err, &problems)
	return problems
}
