// Package deploy checks what runs the daemon against what the daemon does.
package deploy

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const unitFile = "systemd/sluice.service"

// unit is the assignments of a unit file, by section and key.
func unit(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	settings := map[string][]string{}
	section := ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
		default:
			key, value, found := strings.Cut(line, "=")
			if !found {
				t.Errorf("%q is no assignment", line)
			}
			key = section + "." + key
			settings[key] = append(settings[key], value)
		}
	}
	return settings
}

func TestUnitStartsAndConfinesTheBridge(t *testing.T) {
	settings := unit(t)
	for key, want := range map[string]string{
		"Service.Type":                     "notify",
		"Service.ExecStart":                "sluice run -c /etc/sluice/bridge.yaml",
		"Service.ExecReload":               "kill -HUP $MAINPID",
		"Service.EnvironmentFile":          "-/etc/sluice/env",
		"Service.User":                     "sluice",
		"Service.Restart":                  "on-failure",
		"Service.RestartPreventExitStatus": "2", // a crash is no code: see TestCrashEndsTheProcessByASignal in test/e2e
		"Service.LimitCORE":                "0",
		"Service.NoNewPrivileges":          "yes",
		"Service.ProtectSystem":            "strict",
		"Service.CapabilityBoundingSet":    "",
		"Install.WantedBy":                 "multi-user.target",
	} {
		if got := settings[key]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestUnitWaitsForTheDrain(t *testing.T) {
	const drain = 30 * time.Second // the default of drain_timeout
	settings := unit(t)
	for key, least := range map[string]time.Duration{
		"Service.TimeoutStopSec": drain + 15*time.Second, // brokers that do not answer take their time too
		"Service.WatchdogSec":    10 * time.Second,       // a busy machine is not a hung process
	} {
		got, err := time.ParseDuration(strings.Join(settings[key], ","))
		if err != nil || got < least {
			t.Errorf("%s is %v (%v), want %v or more", key, got, err, least)
		}
	}
}

func TestUnitIsWhatSystemdUnderstands(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("needs systemd-analyze")
	}
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	// Neither the program nor its user needs to be installed for the check.
	replaced := strings.NewReplacer("ExecStart=sluice", "ExecStart=/bin/true", "User=sluice", "User=root", "Group=sluice", "Group=root").
		Replace(string(text))
	file := filepath.Join(t.TempDir(), "sluice.service")
	if err := os.WriteFile(file, []byte(replaced), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(analyze, "verify", "--man=no", file).CombinedOutput()
	// It also reports on other units of the machine, and refuses without a running
	// systemd; only what it says about this file counts.
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "sluice.service") {
			t.Error(strings.TrimSpace(line))
		}
	}
	if err != nil {
		t.Logf("systemd-analyze: %v\n%s", err, out)
	}
}
