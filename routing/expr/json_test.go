package expr

import (
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestJSONDecodeReadsTexts(t *testing.T) {
	ev := event(`{"p":"{\"a\":[1,2.50],\"n\":12345678901234567890,\"s\":\"x\\u00e9\",\"deep\":\"{\\\"b\\\":7}\"}","l":" [3] ","n":"41","bad":"{","two":"1 2","nan":"{\"a\":NaN}","mark":"\ufeff{\"a\":1}","none":null,
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
		`json.decode(value.bad)`:                                      "!json.decode: the text is not a JSON document: it ends too early, after 1 bytes",
		`json.decode(value.two)`:                                      "!json.decode: the text is not a JSON document: more follows the document, from byte 3 on: \"2\"",
		`json.decode(value.nan)`:                                      "!json.decode: the text is not a JSON document: NaN at byte 6 is not a number in JSON",
		`json.decode(value.mark).a`:                                   "1",
		`json.decode(value.long)`:                                     "!json.decode: the text is not a JSON document: it nests deeper than 1000 levels",
		`json.decode(value.none)`:                                     "!json.decode() does not take null; a field is absent, or null; ask for it first",
		`json.decode(value)`:                                          "!json.decode() does not take a mapping",
	} {
		evaluates(t, source, ev, want)
	}
}

// A condition that wants a field of JSON within a text does not take it for one that is absent.
func TestFieldOfTextThatHoldsJSONNamesTheRemedy(t *testing.T) {
	t.Parallel()
	const hint = "it holds JSON: write json.decode(…) around it"
	inner := `"{\"total\":1,\"again\":\"{\\\"a\\\":1}\"}"`
	for _, c := range []struct{ when, value, want string }{
		{`value.total == 1`, inner, "the value is a text, which has no fields; " + hint},
		{`json.decode(value).total == 1`, inner, ""},
		{`json.decode(value).again.a == 1`, inner, "a field is a text, which has no fields; " + hint},
		{`json.decode(json.decode(value).again).a == 1`, inner, ""},
		{`value.payload.total == 1`, `{"payload":` + inner + `}`, "a field is a text, which has no fields; " + hint},
		{`value.payload["total"] == 1`, `{"payload":` + inner + `}`, "a field is a text, which has no fields; " + hint},
		{`value.payload[0].total == 1`, `{"payload":"[{\"total\":1}]"}`, "a field is a text, which has no fields; " + hint},
		{`value.payload.total == 1`, `{"payload":"{\n  \"total\": 1}"}`, "a field is a text, which has no fields; " + hint},
		{`json.decode(value.payload).total == 1`, `{"payload":"\"a\""}`, "what json.decode() reads is a text, which has no fields"},
		{`json.decode(value.payload).total == null`, `{"payload":"[]"}`, ""},
		{`value.payload.total == 1`, `{"payload":"\ufeff {\"total\": 1} "}`, "a field is a text, which has no fields; " + hint},
		{`value.payload.total == null`, `{"payload":"{abc}"}`, ""},
		{`value.payload.deleted != true`, `{"payload":"[{0}] Order shipped to [{1}]"}`, ""},
		{`value.p.a == null || value.p.a > 1`, `{"p":"{\"title\"} by {author}"}`, ""},
		{`!has(value.p.a)`, `{"p":"{\"title\"} by {author}"}`, ""},
		{`has(value.total)`, inner, "what has() looks into is a text, which has no fields; " + hint},
		{`has(value.payload.total)`, `{"payload":` + inner + `}`, "what has() looks into is a text, which has no fields; " + hint},
		{`!has(value.payload.deleted)`, `{"payload":` + inner + `}`, "what has() looks into is a text, which has no fields; " + hint},
		{`has(json.decode(value.payload).total)`, `{"payload":` + inner + `}`, ""},
		{`!has(value.payload.total)`, `{"payload":"x"}`, ""},
		{`"total" in value.payload`, `{"payload":` + inner + `}`, "what in looks into is a text, which has no fields; " + hint},
		{`"total" in value.payload`, `{"payload":"total"}`, "in does not take a text and a text; write contains()"},
		{`value.items.exists(i, i.total == 1)`, `{"items":[` + inner + `]}`, "a field is a text, which has no fields; " + hint},
		{`value.items.all(i, i.gone == null)`, `{"items":[` + inner + `]}`, "a field is a text, which has no fields; " + hint},
		{`value.items.filter(i, has(i.total)).size() > 0`, `{"items":[` + inner + `]}`, "what has() looks into is a text, which has no fields; " + hint},
		{`value.items.exists(i, json.decode(i).total == 1)`, `{"items":[` + inner + `]}`, ""},
		{`value.items.all(i, i.gone == null)`, `{"items":["x","[{0}]"]}`, ""},
		{`headers.meta.a == null`, `{}`, "a field is a text, which has no fields; " + hint},
		{`value.payload.total == null`, `{"payload":"x"}`, ""},
		{`value.payload.total == null`, `{"payload":""}`, ""},
	} {
		ev := event(c.value)
		ev.Record.Headers = append(ev.Record.Headers, kgo.RecordHeader{Key: "meta", Value: []byte(`{"a":1}`)})
		ok, err := holds(t, c.when, ev)
		if c.want == "" && (!ok || err != nil) || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%s of %s: %v, %v", c.when, c.value, ok, err)
		}
	}
}

// A text that begins as JSON is read each time, which a loop pays for.
func TestTextLikeJSONIsCharged(t *testing.T) {
	t.Parallel()
	ev := event(`{"l":[` + strings.Repeat("1,", 10_000) + `1],"texts":["{\"a\":\"` + strings.Repeat("x", 1<<20) + `"]}`)
	for _, when := range []string{`value.l.exists(x, value.texts[0].total == x)`, `value.l.exists(x, has(value.texts[0].total))`} {
		if _, err := holds(t, when, afresh(ev)); err == nil || !strings.Contains(err.Error(), "too much work") {
			t.Errorf("%s: %v", when, err)
		}
	}
}

// What an expression reads of a constant belongs to one evaluation.
func TestJSONOfAConstantIsReadByEachEvaluation(t *testing.T) {
	e, err := Compile(`json.decode("{\"a\":{\"b\":[1]},\"c\":2}").map(k, k).size()`)
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
