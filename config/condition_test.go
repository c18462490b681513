package config

import "testing"

// A number is no condition, in quotes either; of an expression that is a text, the text needs quotes of its own.
func TestNumberWhereAnExpressionIsWanted(t *testing.T) {
	t.Parallel()
	when := field{doc: "A CEL expression that is true or false."}
	group := field{doc: "A CEL expression."}
	if got := group.inQuotes(truth("TRUE")); got != `'"TRUE"'` {
		t.Error(got)
	}
	if got := when.inQuotes(truth("TRUE")); got != `"true"` {
		t.Error(got)
	}
	if !when.condition() || group.condition() {
		t.Error("a condition is to be told from a text")
	}
}
