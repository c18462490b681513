package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// typed are expressions of each type that the compiler knows.
var typed = []struct{ kind, source string }{
	{"string", `topic`}, {"int", `partition`}, {"uint", `uint(partition)`}, {"double", `double(partition)`}, {"bool", `(partition == 1)`},
	{"null_type", `null`}, {"list", `[partition]`}, {"map", `{"a": partition}`}, {"timestamp", `timestamp`},
	{"duration", `(timestamp - timestamp)`}, {"bytes", `bytes(topic)`}, {"type", `type(partition)`},
}

// around is a remedy that converts an operand or an argument.
var around = regexp.MustCompile(`(?:write|or) ([\w.(]+…\)+) around (what is not (?:text|an int)|(?:the|each) (?:text|whole number|number|number of seconds|double|int|uint|bytes|mapping|list|timestamp|duration)\b|it)`)

// converted are the types that it is about.
func converted(phrase string) []string {
	_, what, _ := strings.Cut(phrase, " ")
	switch what {
	case "text":
		return []string{"string"}
	case "whole number":
		return []string{"int", "uint"}
	case "number", "number of seconds":
		return []string{"int", "uint", "double"}
	case "mapping":
		return []string{"map"}
	case "is not an int":
		return []string{"string", "uint", "double"}
	case "is not text":
		return []string{"int", "uint", "double", "bool", "timestamp", "duration", "bytes"}
	case "":
		return []string{"string", "int", "uint", "double"}
	}
	return []string{what}
}

// fields are fields of an event of each type, which the compiler does not know, beside what it does.
var fields = []struct{ kind, source string }{
	{"string", `value.s`}, {"int", `value.n`}, {"double", `value.f`}, {"bool", `value.ok`}, {"list", `value.l`}, {"map", `value.m`},
	{"timestamp", `timestamp`},
}

// What a message says to convert may be converted so: then the expression compiles, and takes the event.
func TestConversionsOfRemediesHold(t *testing.T) {
	t.Parallel()
	forms := []string{`-%[1]s`, `%[1]s.size()`, `%[1]s.contains(%[2]s)`, `%[1]s.matches(%[2]s)`, `size(%[1]s)`, `string(%[1]s)`, `duration(%[1]s)`, `timestamp(%[1]s)`,
		`base64.encode(%[1]s)`, `json.decode(%[1]s)`, `math.ceil(%[1]s)`, `math.abs(%[1]s)`, `math.bitAnd(%[1]s, %[2]s)`, `%[1]s.getHours()`, `%[1]s.hasAll(%[2]s)`,
		`%[1]s[%[2]s]`, `%[1]s in %[2]s`, `partition == 1 ? %[1]s : %[2]s`, `%[1]s && %[2]s`, `%[1]s.split(%[2]s)`, `%[1]s.substring(%[2]s)`}
	for _, op := range []string{"+", "-", "*", "/", "%%", "==", "!=", "<", ">="} {
		forms = append(forms, "%[1]s "+op+" %[2]s")
	}
	ev := event(`{"s":"12","n":3,"f":1.5,"ok":true,"l":["a"],"m":{"a":1}}`)
	// Where the compiler refuses, an event is not tried; where that fails, it may be for what a text says.
	wrong := func(source string) (refused bool, err error) {
		e, err := Compile(source)
		if err != nil {
			return true, err
		}
		if _, _, err = e.Eval(ev); err != nil && !strings.Contains(err.Error(), "does not take") {
			err = nil
		}
		return false, err
	}
	for _, operands := range [][]struct{ kind, source string }{typed, fields} {
		tried := 0
		for _, form := range forms {
			for _, a := range operands {
				for _, b := range operands {
					if a != b && !strings.Contains(form, "[2]") {
						continue
					}
					source := fmt.Sprintf(form+"%.0[2]s", a.source, b.source)
					refused, err := wrong(source)
					if err == nil {
						continue
					}
					if word := foreignWords.FindString(err.Error()); word != "" {
						t.Errorf("%s: %v: says %q, which is no word of ours", source, err, word)
					}
					for _, m := range around.FindAllStringSubmatch(err.Error(), -1) {
						convert := func(kind, source string) string {
							unknown := refused && strings.HasPrefix(source, "value.") // to the compiler
							if unknown || !slices.Contains(converted(m[2]), kind) {
								return source
							}
							return strings.Replace(m[1], "…", source, 1)
						}
						instead := fmt.Sprintf(form+"%.0[2]s", convert(a.kind, a.source), convert(b.kind, b.source))
						tried++
						if again, failed := wrong(instead); again || failed != nil && !refused {
							t.Errorf("%s: %v\n\t%s: %v", source, err, instead, failed)
						}
					}
				}
			}
		}
		if tried < 100 {
			t.Errorf("only %d were tried", tried)
		}
	}
}
