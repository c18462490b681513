package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/config"
)

func TestInitWritesAFileThatIsValid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	if got := sluice("", "init", "-o", path); got.code != 0 || !strings.Contains(got.stdout, "sluice validate -c "+path) {
		t.Fatalf("%+v", got)
	}
	if got := sluice("", "validate", "-c", path); got.code != 0 {
		t.Errorf("what init writes does not validate: %+v", got)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := sluice("", "init", "-o", path); got.code != exitUsage {
		t.Errorf("init overwrites: %+v", got)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Errorf("the file is now %q", text)
	}
	if got := sluice("", "init", "-o", path, "--force"); got.code != 0 {
		t.Errorf("--force: %+v", got)
	}
	if text, _ := os.ReadFile(path); string(text) != string(config.Starter()) {
		t.Errorf("the file is now %q", text)
	}
	if got := sluice("", "init", "-o", "-"); got.code != 0 || got.stdout != string(config.Starter()) {
		t.Errorf("-o -: %+v", got)
	}
}

func TestSchemaIsThatOfTheConfiguration(t *testing.T) {
	want, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if got := sluice("", "schema"); got.code != 0 || got.stdout != string(want) {
		t.Errorf("exit %d, error %q", got.code, got.stderr)
	}
}
