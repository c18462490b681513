package drive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/test/simulate"
)

func TestTallyShowsHoles(t *testing.T) {
	tally := NewTally(1)
	sc := simulate.Draw(1)
	sc.Setup.Static, sc.Setup.Start = true, "latest"
	sc.Events = []simulate.Event{{Do: "kill"}, {Do: "join"}}
	tally.Add(sc, &simulate.Result{Done: []simulate.Done{{Event: sc.Events[0]}, {Event: sc.Events[1], Error: "nothing to change"}}, Records: 5})
	text := tally.Text()
	for _, want := range []string{"start: latest × instance_id (1)", "no scenario has: start: earliest; ", "; join; ", "1, and 1 that did not apply"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	other := simulate.Draw(1)
	other.Setup.Static, other.Setup.Start, other.Events = false, "earliest", []simulate.Event{{Do: "kill"}}
	tally.Add(other, &simulate.Result{Done: []simulate.Done{{Event: other.Events[0]}}})
	if never := strings.Split(tally.Text(), "pairs never met: ")[1]; !strings.Contains(never, "start: earliest × instance_id") {
		t.Errorf("never met: %s", never)
	}
}

func TestRecord(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	text, err := os.ReadFile("../../../docs/RELIABILITY.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := NewTally(1).Record(page); err != nil {
		t.Error(err)
	}
	if err := RecordBites(page, []*Bite{{Patch: Patch{Name: "some-patch", What: "Something."}, Runs: 3}}); err != nil {
		t.Error(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| some-patch | Something. | not in 3 |", "| configuration | instance_id | 0 |", "## Memory"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %q in what is recorded", want)
		}
	}
}
