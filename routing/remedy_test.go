package routing

import (
	"strings"
	"testing"
)

func TestRemediesOfExpressions(t *testing.T) {
	const (
		escape = `; write \\ for a backslash, or put r before the quote, as in r"\d+"`
		minus  = " for a field of this name, and a difference with spaces around the -"
	)
	for source, want := range map[string]string{
		`value.a.matches("\d+")`:                        escape + " (at character 17)",
		`key.matches('^\w+@')`:                          escape,
		`key == 'it\q'`:                                 escape,
		`key == "C:\temp\x"`:                            escape,
		`key == "` + strings.Repeat("x", 200) + `\d"`:   escape,
		`key == "a\tb`:                                  "; end the text with the quote that it begins with",
		`value.order-id == 1`:                           `; write value["order-id"]` + minus + " (at character 13)",
		`true && headers.x-request-id == "a"`:           `; write headers["x-request-id"]` + minus,
		`headers.content-type == "x"`:                   `; write headers["content-type"]` + minus,
		`value.a.content-type.matches("x")`:             `; write value.a["content-type"]` + minus,
		"value.x &&\n value.logged-in":                  `; write value["logged-in"]` + minus + " (at line 2, character 15)",
		`value.l.exists(x, x.a-b == 1)`:                 `; write x["a-b"]` + minus,
		`has(value.order-id)`:                           "; write has(value.`order-id`)",
		`value.total - limit > 0`:                       `; write text in quotes, as "limit", and a field as value.limit`,
		`value.in == 1`:                                 `; write a field of this name in brackets, as in value["in"]`,
		`value.true == 1`:                               `; write a field of this name in brackets, as in value["true"]`,
		`not value.a`:                                   "; write ! for not",
		`value.a not in [1]`:                            "; write ! for not, as in !(value.field in [1, 2])",
		`value.a IN [1]`:                                "; write in in small letters",
		`(value.a and value.b)`:                         "; write && for and",
		`value.a =~ "x"`:                                `; write value.field.matches("…")`,
		`len(value.a) > 1`:                              "; write size(…) for the length",
		`value.a.length() > 1`:                          "; write size() for the length",
		`value.a == nil`:                                "; write null",
		`value.a == True`:                               "; write true",
		`value.a.split(",").foo() && value.foo == nope`: "; docs/configuration.md#expressions has the functions",
	} {
		_, err := CompileExpression(source)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "; ") != 1 {
			t.Errorf("%s: %v; want %q, and no more", source, err, want)
		}
	}
}

func TestIssueOfTextThatIsNoUTF8(t *testing.T) {
	if _, err := CompileExpression("aa .\xa9"); err == nil {
		t.Error("the expression compiles")
	}
}

func TestRemediesCompile(t *testing.T) {
	for _, source := range []string{
		`value.a.matches(r"\d+")`, `value.a.matches("\\d+")`, `value["order-id"] == 1`, `value.a["content-type"].matches("x")`,
		`value.total - value.limit > 0`, "has(value.`order-id`)", `value["in"] == 1`, `!(value.a in [1])`, `value.a.size() > 1`, `size(value.a) > 1`,
		`value.a.lowerAscii() == "x"`, `value.a.upperAscii() == "X"`,
	} {
		if _, err := CompileExpression(source); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}
