package main

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestExecuteGivesTheExitCodeOfItsCommand(t *testing.T) {
	sigterm := make(chan os.Signal, 1)
	sigterm <- syscall.SIGTERM
	for _, c := range []struct {
		name    string
		script  string
		limit   time.Duration
		signals chan os.Signal
		want    int
	}{
		{"success", `exit 0`, 0, nil, 0},
		{"the command's own code", `exit 7`, 0, nil, 7},
		{"the environment", `test "$PART" = here`, 0, nil, 0},
		{"a limit that is kept", `exit 0`, time.Minute, nil, 0},
		{"a limit that is broken", `sleep 60 & wait`, 100 * time.Millisecond, nil, 1},
		{"a signal", `exec sleep 60`, 0, sigterm, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			got, err := execute([]string{"sh", "-c", c.script}, []string{"PART=here"}, c.limit, c.signals)
			if err != nil || (got == 0) != (c.want == 0) || (c.want > 1 && got != c.want) {
				t.Errorf("execute() = %d, %v, want %d", got, err, c.want)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
