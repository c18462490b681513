package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Secret is text that prints masked, however it is printed.
type Secret string

const mask = "***"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns a mask, or nothing for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// Format masks the secret for every verb, %q, %x and %#v included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText masks the secret in JSON and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML masks the secret in YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// secretPaths are the places of secrets in a configuration.
var secretPaths = secretsIn("", typeOf[Config]())

func secretsIn(path string, t reflect.Type) (paths []string) {
	for _, f := range fieldsOf(t) {
		switch {
		case f.typ == typeOf[Secret]():
			paths = append(paths, join(path, f.key))
		case isSection(f.typ):
			paths = append(paths, secretsIn(join(path, f.key), f.typ)...)
		}
	}
	return paths
}

// outsideSecrets returns a path, cut where it goes into what stands at the place of a secret. Without the
// space behind its colon, a secret in braces is part of its key.
func outsideSecrets(path string) string {
	for _, secret := range secretPaths {
		if rest, ok := strings.CutPrefix(path, secret); ok && (rest == "" || rest[0] != '_' && !isLetterOrDigit(rest[0])) {
			return secret
		}
	}
	return path
}

// readSecret reads a secret from a file, without the line end that editors put there.
func readSecret(path string) (Secret, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the file cannot be read (%s); create it, or correct the path", reason(err))
	}
	text := strings.TrimRight(string(data), "\r\n")
	if text == "" {
		return "", fmt.Errorf("the file %s is empty; write the secret into it", excerpt.Setting(path))
	}
	return Secret(text), nil
}

// holdsCredentials says whether a text is a URL of the registry with a user in it, whose name may be a token, or a
// password. A user elsewhere is refused, or part of a text that goes nowhere.
func holdsCredentials(path, text string) bool {
	if !strings.HasPrefix(path, "schema_registry.urls[") {
		return false
	}
	u, err := url.Parse(text)
	return err == nil && u.User != nil && (u.Scheme == "http" || u.Scheme == "https")
}

// checkOpen warns where a file that holds a secret is open to everybody on the machine.
func (c *checker) checkOpen(at, path string) {
	can := map[fs.FileMode]string{0o4: "read", 0o2: "change", 0o6: "read and change"}[rightsOfAll(path)]
	if can != "" {
		c.warnf(at, "everybody on this machine can %s the file, and it holds a secret; take that away, as by chmod o-rw", can)
	}
}

// checkOpenSelf is that for the configuration, which nobody else should change in any case.
func (c *checker) checkOpenSelf() {
	switch {
	case len(c.written) > 0:
		c.checkOpen(c.written[0], c.file)
	case rightsOfAll(c.file)&0o2 != 0:
		c.warnf("", "everybody on this machine can change the file; take that away, as by chmod o-w")
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

// reason cuts the operation and path off a file error; the configuration names the path already.
func reason(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// beside resolves a path that is relative to the configuration file.
func beside(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
