package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// readSecret reads a secret from a file, without the line end that editors put there.
func readSecret(path string) (yamlconf.Secret, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the file cannot be read (%s); create it, or correct the path", excerpt.Cause(err))
	}
	text := strings.TrimRight(string(data), "\r\n")
	if text == "" {
		return "", fmt.Errorf("the file %s is empty; write the secret into it", excerpt.Setting(path))
	}
	return yamlconf.Secret(text), nil
}

// checkOpen warns where a file that holds a secret is open to everybody on the machine.
func (c *checker) checkOpen(at, path string) {
	can := map[fs.FileMode]string{0o4: "read", 0o2: "change", 0o6: "read and change"}[rightsOfAll(path)]
	if can != "" {
		c.Warnf(at, "everybody on this machine can %s the file, and it holds a secret; take that away, as by chmod o-rw", can)
	}
}

// checkOpenSelf is that for the configuration, which nobody else should change in any case.
func (c *checker) checkOpenSelf() {
	switch {
	case len(c.Exposed) > 0:
		c.checkOpen(c.Exposed[0], c.File)
	case rightsOfAll(c.File)&0o2 != 0:
		c.Warnf("", "everybody on this machine can change the file; take that away, as by chmod o-w")
	}
}

// rightsOfAll are the bits for reading and writing that everybody has.
func rightsOfAll(path string) fs.FileMode {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" { // which has no such bits
		return 0
	}
	return info.Mode() & 0o6
}

// beside resolves a path that is relative to the configuration file.
func beside(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
