package yamlconf

import (
	"testing"

	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// A number is no condition, in quotes either; of an expression that is a text, the text needs quotes of its own.
func TestOnlyTextOfAnExpressionNeedsQuotesOfItsOwn(t *testing.T) {
	t.Parallel()
	when := Field{expr: "condition"}
	group := Field{expr: "value"}
	if got := group.inQuotes(yamldoc.Truth("TRUE")); got != `'"TRUE"'` {
		t.Error(got)
	}
	if got := when.inQuotes(yamldoc.Truth("TRUE")); got != `"true"` {
		t.Error(got)
	}
	if !when.condition() || group.condition() {
		t.Error("a condition is to be told from a text")
	}
}
