package expr

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

// TestDocumentedFunctionsAreThoseThereAre holds the list of functions, which messages point to, to those
// that there are.
func TestDocumentedFunctionsAreThoseThereAre(t *testing.T) {
	raw, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(raw), "\n### Functions\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !found {
		t.Fatal("there is no section of functions")
	}
	for _, name := range dialect.FunctionNames() {
		if !regexp.MustCompile("[`.( ]" + regexp.QuoteMeta(name) + "[(`]").MatchString(section) {
			t.Errorf("%s is not in the list", name)
		}
	}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(section, -1) {
		if text := m[1]; strings.ContainsAny(text, "( ") && !strings.HasPrefix(text, "matches(") {
			whole := text
			if regexp.MustCompile(`^[a-z]\w*\([^)]*\)$`).MatchString(text) && len(dialect.Overloads(text[:strings.Index(text, "(")])) > 0 && dialect.Overloads(text[:strings.Index(text, "(")])[0].IsMemberFunction() {
				whole = "value.x." + text
			}
			if _, err := Compile(whole); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}
