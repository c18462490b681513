package expr

import (
	"strings"
	"testing"
)

// CEL quotes the text that it cannot convert.
func TestTextOfFailureIsBounded(t *testing.T) {
	e, err := Compile("timestamp(value.s)")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = e.Eval(event(`{"s":"` + strings.Repeat("x", 900_000) + `"}`))
	if err == nil || len(err.Error()) > 2<<10 {
		t.Errorf("got %.100v", err)
	}
}
