package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestReportFitsATerminal fills every scenario with figures that are wide and differ by round.
func TestReportFitsATerminal(t *testing.T) {
	ready := map[string]*contestant{}
	for _, c := range contestants {
		ready[c.name] = c
	}
	chosen := scenarios(200_000)
	r := &report{results: lineUp(chosen, ready)}
	for _, one := range r.results {
		one.Samples = []sample{
			{Round: 0, Rate: 21_585.2, CPU: 15.123, RSS: 101.3, Requests: 0.1},
			{Round: 1, Rate: 19_412.7, CPU: 151.77, RSS: 99.4, Requests: 0.10004},
			{Round: 2, Rate: 40_406.9, CPU: 16.055, RSS: 131, Requests: 0.1001},
		}
	}
	for _, name := range lowContestants {
		r.low = append(r.low, &figure{"idle", "idle, 100 partitions", name, "% of a core", []float64{0.1234}})
	}
	r.low = append(r.low, &figure{"latency", latencyTitle(""), "sluice", "ms", []float64{27.123, 28.123, 101.88}})
	var out bytes.Buffer
	(&bench{root: t.TempDir()}).write(t.Context(), &out, r)
	for line := range strings.SplitSeq(out.String(), "\n") {
		if n := utf8.RuneCountInString(line); n > 120 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestFiguresHaveThreeDigits(t *testing.T) {
	for v, want := range map[float64]string{
		0.1234: "0.12", 1: "1.00", 9.876: "9.88", 12.345: "12.3", 123.45: "123", 21_585: "21600", 105_500: "106000",
	} {
		if got := number(threeDigits, v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

func TestReportTellsWhatFailed(t *testing.T) {
	r := &report{
		cut:        errInterrupted,
		results:    results{{Title: "SQS, 0 ms", Contestant: "connect", Problem: "ended early:\nits output"}},
		lowProblem: errors.New("no message"),
		skipped:    map[string]error{camel.name: errors.New("java is missing")},
	}
	var out bytes.Buffer
	(&bench{root: t.TempDir()}).write(context.Background(), &out, r)
	for _, want := range []string{"Not complete: it was interrupted.", "| no result", "- SQS, 0 ms, connect: ended early:\n", "- the low end: no message", "java is missing"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "its output") {
		t.Errorf("more than the first line of a problem:\n%s", &out)
	}
}
