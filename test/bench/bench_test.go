package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestValuesAreJSONOfTheirSizeAndNumber(t *testing.T) {
	for _, size := range []int{128, 512, 2048, 65536} {
		for _, n := range []int{0, 7, 199_999} {
			v := value(n, size)
			if !json.Valid(v) || len(v) != size {
				t.Errorf("the value of %d B is %d B: %.200s", size, len(v), v)
			}
			if got, ok := numberOf(v); !ok || got != n {
				t.Errorf("record %d says it is %d", n, got)
			}
		}
	}
}

func TestRatioIsOfTheSameRound(t *testing.T) {
	own := &result{Samples: []sample{{Round: 0, CPU: 10}, {Round: 1, CPU: 40}, {Round: 2, CPU: 90}}}
	floor := &result{Samples: []sample{{Round: 0, CPU: 10}, {Round: 2, CPU: 30}}}
	if got, want := ratio(own, floor, cpu), (spread{2, 1, 3}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got := ratio(own, nil, cpu); !math.IsNaN(got.median) {
		t.Errorf("%v without a floor", got)
	}
}

func TestReportTellsWhichBarsAreHeld(t *testing.T) {
	all := results{
		{Scenario: "sqs-5ms", Contestant: "sluice", Samples: []sample{{CPU: 11, Rate: 90, RSS: 121, Requests: 0.1}}},
		{Scenario: "sqs-5ms", Contestant: floorName, Samples: []sample{{CPU: 10, Rate: 100}}},
	}
	all = append(all, &result{Scenario: "sqs-5ms", Title: "SQS, 5 ms", Contestant: beforeName, Samples: []sample{{CPU: 10}}})
	var got []string
	for _, row := range barRows(all.bars(nil)) {
		got = append(got, row[0]+" "+row[3])
	}
	want := []string{
		"SQS, 5 ms: CPU a message, to the raw floor held",
		"SQS, 5 ms: messages a second, to the raw floor **short**",
		"SQS, 5 ms: requests a message held",
		"SQS, 5 ms: peak RSS, MB **short**",
		"SQS, 5 ms: CPU a message, to the binary before **short**",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEndpointCountsMissingAndDuplicated(t *testing.T) {
	s := scenario{data: data{records: 200}, service: "sqs", destinations: 1}
	e, err := startEndpoint(s, t.TempDir(), nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	for _, n := range []int{0, 64, 64, 199, 5000} {
		e.note("", value(n, 128))
	}
	<-e.marks[0].reached
	if e.accepted.Load() != 5 || e.unique.Load() != 3 {
		t.Errorf("%d accepted, %d different", e.accepted.Load(), e.unique.Load())
	}
}

func TestEveryScenarioIsOfItsOwnName(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range scenarios(1000) {
		if seen[s.name] || strings.ContainsAny(s.name, " ,/") {
			t.Errorf("scenario %q is there twice, or cannot be named by -only", s.name)
		}
		seen[s.name] = true
	}
}

// TestPartsAreDocumented compares the table of docs/PERFORMANCE.md with the parts there are.
func TestPartsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/PERFORMANCE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| part |")
	table, _, _ = strings.Cut(table, "\n\n")
	var have []string
	for line := range strings.SplitSeq(table, "\n") {
		if cells := strings.Split(line, "`"); len(cells) > 1 {
			have = append(have, cells[1])
		}
	}
	want := partNames()
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("docs/PERFORMANCE.md has the parts %q, and there are %q", have, want)
	}
	for _, s := range scenarios(1) {
		if s.axis == "" {
			continue
		}
		if plot := fmt.Sprintf("(performance/%s.svg)", strings.ReplaceAll(s.axis, " ", "-")); !strings.Contains(string(page), plot) {
			t.Errorf("docs/PERFORMANCE.md does not show %s", plot)
		}
	}
}

func TestQuantileIsTheSmallestThatCoversSoMany(t *testing.T) {
	f := &figure{}
	for n := range 100 {
		f.Values = append(f.Values, float64(n+1))
	}
	for q, want := range map[float64]float64{0: 1, 0.5: 50, 0.99: 99, 1: 100} {
		if got := f.quantile(q); got != want {
			t.Errorf("%v is %v, want %v", q, got, want)
		}
	}
}

func TestRunThatIsTooSlowEnds(t *testing.T) {
	s := scenario{data: data{records: 200}, service: "sqs", destinations: 1}
	e, err := startEndpoint(s, t.TempDir(), nil, 200)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	slow := errors.New("not through")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(slow)
	if err := e.await(ctx, 0, nil); !errors.Is(err, slow) {
		t.Errorf("%v, want %v", err, slow)
	}
}
