package main

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestStopEndsOnlyTheProcessThatWasStarted(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	ended := make(chan struct{})
	go func() { // ends with the process
		_ = cmd.Wait()
		close(ended)
	}()
	when, err := born(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}

	other := pidMark{cmd.Process.Pid, "another time"}
	if err := other.stop(time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := born(cmd.Process.Pid); err != nil {
		t.Fatalf("a process with the same id but another start was stopped: %v", err)
	}

	mark, err := parseMark(pidMark{cmd.Process.Pid, when}.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := mark.stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the process still runs")
	}
	if err := mark.stop(time.Second); err != nil {
		t.Errorf("stopping what has ended: %v", err)
	}
}

func TestParseMarkRefusesWhatWouldHitOthers(t *testing.T) {
	for _, text := range []string{"", "0\nx", "-1\nx", "1\nx", "12", "12\n", "a\nb"} {
		if mark, err := parseMark(text); err == nil {
			t.Errorf("parseMark(%q) = %v, want an error", text, mark)
		}
	}
}

func TestAFailedRunKeepsTheLogs(t *testing.T) {
	t.Setenv("SLUICE_TEST_CACHE", t.TempDir())
	code, err := dispatch([]string{"run", "-only", "zookeeper", "true"})
	if code != 1 || err == nil {
		t.Errorf("an unknown part gave %d, %v; want a refusal", code, err)
	}
	if left, _ := os.ReadDir(os.Getenv("SLUICE_TEST_CACHE") + "/run"); len(left) != 1 {
		t.Errorf("a failed run left %d folders of logs, want 1", len(left))
	}
}
