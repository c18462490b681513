package remedy_test

import (
	"regexp"
	"testing"

	"github.com/sluice-bridge/sluice/routing/expr"
	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

// What the tables tell people to write compiles as it stands.
func TestExamplesOfRemediesCompile(t *testing.T) {
	example := regexp.MustCompile(`(?:as in|^) (.+?)(?:; |: what|, which|, and |, or | for | to | or |, as in |$)`)
	compiled := 0
	for _, text := range remedy.Advice() {
		for _, m := range example.FindAllStringSubmatch(text, -1) {
			compiled++
			if _, err := expr.Compile(m[1]); err != nil {
				t.Errorf("%q: %s: %v", text, m[1], err)
			}
		}
	}
	if compiled < 60 {
		t.Errorf("only %d examples were found", compiled)
	}
}
