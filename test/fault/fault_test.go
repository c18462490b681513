package fault

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/test/parts"
	"github.com/sluice-bridge/sluice/test/process"
)

// environment builds the binary and starts a broker for one test.
func environment(t *testing.T) Env {
	t.Helper()
	kafka := parts.OwnKafka(t)
	return Env{Kafka: kafka, Binary: binary(t), Dir: t.TempDir()}
}

func binary(t *testing.T) string {
	t.Helper()
	path, err := process.Build(t.TempDir(), raceEnabled)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPromisesHoldUnderFaults plays the schedules that tell most in the least time; `make fault` plays them all.
func TestPromisesHoldUnderFaults(t *testing.T) {
	env := environment(t)
	for _, name := range []string{"stop", "kill", "freeze", "reload", "reload-failing", "stored-no-answer", "broker-kill", "retention"} {
		s, ok := Find(name)
		if !ok {
			t.Fatalf("there is no schedule %s", name)
		}
		t.Run(name, func(t *testing.T) {
			r, err := Run(t.Context(), env, s, 1)
			if err != nil {
				t.Fatal(err)
			}
			t.Log("\n" + Text([]Result{r}))
			for _, p := range r.Problems {
				t.Error(p)
			}
			if t.Failed() {
				t.Log(r.Logs)
			}
		})
	}
}

// A name is given in commands and in documents.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Schedules {
		if seen[s.Name] || s.Name == "" || s.What == "" || strings.ContainsAny(s.Name, " |") {
			t.Errorf("schedule %+v", s)
		}
		seen[s.Name] = true
	}
}

func TestRecord(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n"+tableBegin+"old\n"+tableEnd+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Record(page, []Result{{Schedule: Schedule{Name: "kill"}, Seed: 3, Findings: Findings{Duplicated: 5}, Allowed: 9}}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	row := fmt.Sprintf("| %s | %d |", "kill", 3)
	for _, want := range []string{"before\n" + tableBegin, row, "5 of 9", tableEnd + "after\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "old") {
		t.Error("the earlier table is still there")
	}
}
