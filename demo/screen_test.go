package demo

import (
	"strings"
	"testing"
	"time"
)

func TestScreenDrawsOverItself(t *testing.T) {
	var out strings.Builder
	width, height := 80, 24
	s := &screen{out: &out, size: func() (int, int) { return width, height }}
	frame := []line{{strings.Repeat("x", 100), bold}, {"second", ""}}
	s.draw(frame)
	if got := out.String(); strings.Contains(got, "A") || strings.Contains(got, bold) || strings.Count(got, "\n") != 2 || strings.Contains(got, strings.Repeat("x", 80)) {
		t.Errorf("first frame %q", got)
	}
	out.Reset()
	s.draw(frame)
	if got := out.String(); !strings.Contains(got, "\x1b[2A") {
		t.Errorf("second frame %q", got)
	}
	out.Reset()
	width = 40 // the terminal has wrapped the first line
	s.draw(frame)
	if got := out.String(); !strings.Contains(got, "\x1b[3A") {
		t.Errorf("frame after narrowing %q", got)
	}
	out.Reset()
	height = 2
	s.draw(frame)
	if got := out.String(); strings.Contains(got, "second") || !strings.Contains(got, "\x1b[1A") {
		t.Errorf("frame of a low terminal %q", got)
	}
	s.leave()
	out.Reset()
	s.draw(frame)
	if got := out.String(); strings.Contains(got, "A") {
		t.Errorf("frame after leaving %q", got)
	}
	if strings.Contains(out.String(), "?25l") {
		t.Error("the cursor is hidden, and would stay so after a panic")
	}
}

func TestTableFits(t *testing.T) {
	b := &Bridge{Destinations: []Destination{{Name: "a-destination-with-a-long-name", Service: "sns", FIFO: true}}, Rules: []string{"a rule with quite a long name indeed"}}
	f := Figures{
		At: 59 * time.Minute, Produced: 99_999_999, Consumed: 99_999_999, RuleErrors: 3, DeadLetters: 4, Lag: 10_000, Rules: []float64{99_999_999},
		Destinations: []DestinationFigures{{Acknowledged: 99_999_999, Requests: 1e7, Entries: 9.9e7, Retries: 100_000, Checked: 99_999_999}},
	}
	before := f
	before.At -= time.Second
	before.Consumed -= 20_000
	for _, l := range table(b, f, before, time.Hour, nil) {
		if n := len([]rune(l.text)); n > 79 {
			t.Errorf("%d columns: %s", n, l.text)
		}
	}
	table(b, f, Figures{}, 0, []string{"a warning"})
}
