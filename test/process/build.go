// Package process runs the real sluice as a process: what the tests across packages and the fault
// harness share.
package process

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// Build makes the binary in a folder, with the race detector or without, and returns its path.
func Build(dir string, race bool) (string, error) {
	binary := filepath.Join(dir, "sluice")
	args := []string{"build", "-o", binary}
	if race {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "github.com/sluice-bridge/sluice/cmd/sluice")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building sluice: %w\n%s", err, out)
	}
	return binary, nil
}
