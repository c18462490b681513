package routing

import (
	"strings"
	"sync"
	"testing"
)

func TestJSONInTexts(t *testing.T) {
	ev := event(`{"p":"{\"a\":[1,2.50],\"n\":12345678901234567890,\"s\":\"x\\u00e9\",\"deep\":\"{\\\"b\\\":7}\"}","l":" [3] ","n":"41","bad":"{","two":"1 2","none":null,
		"long":"` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `"}`)
	for source, want := range map[string]string{
		`json.decode(value.p).a[0]`:                                   "1",
		`json.decode(value.p).a`:                                      "[1,2.50]",
		`json.decode(value.p).n`:                                      "12345678901234567890",
		`json.decode(value.p).s`:                                      "xé",
		`json.decode(json.decode(value.p).deep).b + 1`:                "8",
		`json.decode(value.p).a.exists(x, x > 2)`:                     "true",
		`json.decode(value.p).nothing.there == null`:                  "true",
		`has(json.decode(value.p).a) && !has(json.decode(value.p).b)`: "true",
		`json.decode(value.l)`:                                        "[3]",
		`json.decode(value.n) + 1`:                                    "42",
		`json.decode(json.encode(value)) == value`:                    "true",
		`json.decode("{\"a\":1}").a`:                                  "1",
		`json.decode(value.bad)`:                                      "!json.decode: the text is no JSON document",
		`json.decode(value.two)`:                                      "!json.decode: the text is no JSON document",
		`json.decode(value.long)`:                                     "!nested deeper than 1000 levels",
		`json.decode(value.none)`:                                     "!json.decode() does not take null; a field is absent, or null; ask for it first",
		`json.decode(value)`:                                          "!json.decode() does not take a mapping",
	} {
		evaluates(t, source, ev, want)
	}
}

// What an expression reads of a constant belongs to one evaluation.
func TestJSONInConstants(t *testing.T) {
	e, err := CompileExpression(`json.decode("{\"a\":{\"b\":[1]},\"c\":2}").map(k, k).size()`)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				if got, _, err := e.Eval(event("{}")); got != "2" || err != nil {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	group.Wait()
}
