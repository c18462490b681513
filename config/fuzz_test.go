package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse holds that no bytes make Parse panic, and that it gives either a configuration or
// problems with a sentence each.
func FuzzParse(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.yaml")
	for _, path := range append(paths, "../bridge.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "SLUICE_KAFKA__GROUP=x")
	}
	f.Add([]byte("rules:"), "SLUICE_RULES=[&a *a]")
	f.Fuzz(func(t *testing.T, data []byte, variable string) {
		// The fuzzer must not have files of this machine read.
		if strings.Contains(string(data)+variable, "_file") {
			return
		}
		c, err := Parse(data, "bridge.yaml", []string{variable})
		if (c == nil) == (err == nil) {
			t.Fatalf("neither or both: %v, %v", c, err)
		}
		if err == nil {
			return
		}
		problems, ok := err.(Problems)
		if !ok || len(problems) == 0 {
			t.Fatalf("the error is %T %v", err, err)
		}
		for _, p := range problems {
			if p.Message == "" {
				t.Fatalf("a problem without a sentence: %+v", p)
			}
		}
	})
}
