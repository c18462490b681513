package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/doctor/report"
)

func TestValidateTellsOfAllProblems(t *testing.T) {
	for _, c := range []struct {
		name string
		code int
	}{{"fine", 0}, {"broken", exitUsage}} {
		t.Run(c.name, func(t *testing.T) {
			path := "testdata/validate/" + c.name + ".yaml"
			got := sluice("", "validate", "-c", path)
			golden(t, "validate/"+c.name+".golden", got.stdout+got.stderr)
			if got.code != c.code || (got.stdout == "") != (c.code != 0) || (got.stderr == "") != (c.code == 0) {
				t.Errorf("exit %d, error %q", got.code, got.stderr)
			}
			got = sluice("", "validate", "-c", path, "--json")
			golden(t, "validate/"+c.name+".json.golden", got.stdout)
			if got.code != c.code || got.stderr != "" {
				t.Errorf("--json: exit %d, error %q", got.code, got.stderr)
			}
		})
	}
}

func TestValidateWritesJSONWhateverThereIs(t *testing.T) {
	if got := sluice("", "validate", "-c", "../../bridge.yaml", "--json"); got != (result{stdout: "[]\n"}) {
		t.Errorf("%+v", got)
	}
	got := sluice("", "validate", "-c", "testdata/nowhere.yaml", "--json")
	var all []report.Finding
	if err := json.Unmarshal([]byte(got.stdout), &all); err != nil || len(all) != 1 || !strings.Contains(all[0].Message, "sluice init") {
		t.Errorf("%+v: %v", got, err)
	}
}
