package expr

import "testing"

// A text that is joined of several is no array, but where it is written as one.
func TestJoinedTextIsNoArray(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`value.tags.join(",")`:                     "a joined text",
		`value.tags.join("[")`:                     "a joined text",
		`["a", value.b].join("[")`:                 "a joined text",
		`[value.a, "["].join("")`:                  "a joined text",
		`[].join("[")`:                             "a joined text",
		`["[\"", value.a, "\"]"].join("")`:         "",
		`["[", value.n.join(","), "]"].join("")`:   "",
		`[" [" + string(value.n), "1]"].join(",")`: "",
		`(["[1"] + value.tags + ["2]"]).join(",")`: "",
		`"[" + value.n.join(",") + "]"`:            "",
	} {
		e, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.NoArray(); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
