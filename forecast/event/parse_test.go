package event

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestEventIsParsedFromJSON(t *testing.T) {
	for _, c := range []struct{ Event, want string }{
		{`{"topic":"t"}`, `t/0/0 0 nil [] nil`},
		{` { "topic" : "t" , "value" :  {"a" : 1.0, "é": "\u00e9"}  } `, `t/0/0 0 nil [] "{\"a\" : 1.0, \"é\": \"\\u00e9\"}"`},
		{`{"topic":"t","value":"text"}`, `t/0/0 0 nil [] "\"text\""`},
		{`{"topic":"t","value":null}`, `t/0/0 0 nil [] "null"`},
		{`{"topic":"t","value":1e400}`, `t/0/0 0 nil [] "1e400"`},
		{`{"topic":"t","value_base64":null}`, `t/0/0 0 nil [] nil`},
		{`{"topic":"t","value_base64":""}`, `t/0/0 0 nil [] ""`},
		{`{"topic":"t","value_base64":"/wA="}`, `t/0/0 0 nil [] "\xff\x00"`},
		{`{"topic":"t","value_base64":"/wA"}`, `t/0/0 0 nil [] "\xff\x00"`},
		{`{"topic":"t","value":null,"value_base64":"YQ=="}`, `t/0/0 0 nil [] "a"`},
		{`{"topic":"t","value_base64":null,"value":[1]}`, `t/0/0 0 nil [] "[1]"`},
		{`{"topic":"t","value":[1],"value_base64":"YQ=="}`, `the event has both value and value_base64; leave one out`},
		{`{"topic":"t","value":{"a":1,"a":2},"value":2}`, `the event has the key "value" twice; keep one of the two`},
		{`{"topic":"t","value":1,"broker":5}`, `t/0/0 0 nil [] "1"`},
		{`{"topic":"t","partition":7,"offset":9223372036854775807,"key":""}`, `t/7/9223372036854775807 0 "" [] nil`},
		{`{"topic":"t","key":null,"key_base64":"YQ=="}`, `t/0/0 0 "a" [] nil`},
		{`{"topic":"t","key":"a","key_base64":null}`, `t/0/0 0 "a" [] nil`},
		{`{"topic":"t","timestamp":1767225600123}`, `t/0/0 1767225600123 nil [] nil`},
		{`{"topic":"t","timestamp":-1}`, `t/0/0 -62135596800000 nil [] nil`}, // none
		{`{"topic":"t","timestamp":"2026-01-01T00:00:00.123+00:00"}`, `t/0/0 1767225600123 nil [] nil`},
		{`{"topic":"t","headers":{"b":"2","a":"1","n":null,"m":["x",null]},"headers_base64":{"b":"/w=="}}`, `t/0/0 0 nil [b="2" a="1" n=nil m="x" m=nil b="\xff"] nil`},
		{`{"topic":"t","headers":null}`, `t/0/0 0 nil [] nil`},
		{`{"topic":"t","headers":{"a":{"b":1}}}`, `headers.a is an object; write a text`},
		{`{"topic":"t","headers_base64":{"a":"%"}}`, `headers_base64.a is not base64`},
		{`{"topic":"a b"}`, `"a b" cannot be a topic of Kafka`},
		{`{"topic":7}`, `topic is a number; write a text`},
		{`{"topic":"t","partition":2147483648}`, `partition is 2147483648; write a whole number from 0 to 2147483647`},
		{`{"topic":"t","offset":1.5}`, `offset is 1.5; write a whole number`},
		{`{"topic":"t","offset":"` + strings.Repeat("9", 100) + `"}`, `9…; write a whole number`},
		{`{"topic":"t"} {}`, `the event is not JSON`},
		{strings.Repeat(`[`, 2000) + strings.Repeat(`]`, 2000), `the event nests deeper than 1000 levels`},
		{``, `the event is not JSON`},
	} {
		r, err := Parse([]byte(c.Event))
		if err != nil {
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %s", c.Event, err, c.want)
			}
			continue
		}
		var headers []string
		for _, h := range r.Headers {
			headers = append(headers, h.Key+"="+shown(h.Value))
		}
		got := fmt.Sprintf("%s/%d/%d %d %s %v %s", r.Topic, r.Partition, r.Offset, r.Timestamp.UnixMilli(), shown(r.Key), headers, shown(r.Value))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.Event, got, c.want)
		}
	}
}

func shown(b []byte) string {
	if b == nil {
		return "nil"
	}
	return fmt.Sprintf("%q", b)
}

// Whatever is given, it is an event or an error, soon.
func FuzzParseEvent(f *testing.F) {
	f.Add(`{"topic":"t","partition":1,"offset":2,"key":"k","headers":{"a":["b"]},"value":{"c":[1]}}`)
	f.Add(` {"topic" : "t", "value_base64": "AA==", "timestamp": "2026-01-01T00:00:00Z"}`)
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		r, err := Parse([]byte(text))
		if err == nil && r.Topic == "" {
			t.Error("an event without a topic")
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("it took %v", d)
		}
	})
}
