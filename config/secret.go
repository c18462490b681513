package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
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

// outsideSecrets returns a path, cut where it goes into what stands at the place of a secret.
func outsideSecrets(path string) string {
	for _, secret := range secretPaths {
		if within(path, secret) {
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
		return "", fmt.Errorf("the file %s is empty; write the secret into it", excerpt.Of(path))
	}
	return Secret(text), nil
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
