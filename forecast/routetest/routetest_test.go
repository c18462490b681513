package routetest

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/config"
)

const bridgeFile = `
kafka: {brokers: ["localhost:9092"], group: orders}
aws: {region: eu-west-1}
destinations: {ledger: {sqs: ledger}}
rules: [{topics: [orders], match: {type: [paid]}, to: [ledger]}]
`

// write puts files into a directory of their own, beside a configuration, and returns their paths.
func write(t *testing.T, files ...string) []string {
	t.Helper()
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "bridge.yaml")}
	for i := range files {
		paths = append(paths, filepath.Join(dir, string(rune('a'+i))+".test.yaml"))
	}
	for i, text := range append([]string{bridgeFile}, files...) {
		if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths[1:]
}

func TestRunTellsWhatFails(t *testing.T) {
	t.Parallel()
	suites, err := Load(write(t, `
cases:
- {name: right, event: {topic: orders, value: {type: paid}}, expect: {destinations: [ledger]}}
- {name: wrong, event: {topic: orders, value: {type: sent}}, expect: {outcome: routed, destinations: []}}
- {name: left out, event: {topic: orders, value: 1}, expect: {outcome: routed}}
`), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := suites[0]
	defer s.Close()
	s.Run(regexp.MustCompile("right|wrong"))
	if len(s.Results) != 2 || s.Failed() != 1 || len(s.Results[0].Misses) != 0 || s.Results[0].Explanation != "" {
		t.Fatalf("%+v", s.Results)
	}
	got := s.Results[1]
	if want := (Misses{{"outcome", "routed", "unmatched"}}); got.Name != "wrong" || got.Line != 4 || !strings.Contains(got.Explanation, "no rule matched") || got.Misses.String() != want.String() {
		t.Errorf("%+v", got)
	}
	var text strings.Builder
	if err := Text(&text, suites); err != nil || !strings.HasSuffix(text.String(), "2 cases, 1 failed\n") {
		t.Errorf("%s, %v", &text, err)
	}
	report, err := JUnit(suites)
	if err != nil || !strings.Contains(string(report), `tests="2" failures="1"`) {
		t.Errorf("%s, %v", report, err)
	}
}

// What is wrong with several files is told at once, and of a configuration that they share once.
func TestLoadTellsOfAllFiles(t *testing.T) {
	t.Parallel()
	paths := write(t, "cases: [{name: a, event: {topic: t}, expect: {rule: nobody}}]", "cases: [{nam: b}]", "config: nowhere.yaml\ncases: [{name: a, event: {topic: t}, expect: {outcome: routed}}]", "config: nowhere.yaml\ncases: [{name: a, event: {topic: t}, expect: {outcome: routed}}]")
	_, err := Load(paths, "", nil)
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) != 3 {
		t.Errorf("%v", err)
	}
}
