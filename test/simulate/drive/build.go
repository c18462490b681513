// Package drive runs scenarios of test/simulate, each in a process of its own: many at once, the same one
// again and again while it gets simpler, and all of that with a fix of the bridge taken back.
package drive

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build makes the child in a folder, from the tree at root, and returns its path.
func Build(ctx context.Context, root, dir string) (string, error) {
	child := filepath.Join(dir, "child")
	// -trimpath has trees that are copies of each other share what is built. Without cgo the runtime itself
	// starts all threads, which chance_linux.go counts on.
	cmd := exec.CommandContext(ctx, "go", "test", "-tags", "synctests", "-trimpath", "-c", "-o", child, "./test/simulate")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the simulator: %w\n%s", err, out)
	}
	return child, nil
}
