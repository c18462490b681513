package yamlconf

import (
	"fmt"
	"net/url"
	"reflect"

	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// Secret is text that prints masked, however it is printed.
type Secret string

const shownSecret = "***"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns a mask, or nothing for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return shownSecret
}

// Format masks the secret for every verb, %q, %x and %#v included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText masks the secret in JSON and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML masks the secret in YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// secretsIn returns the paths of secrets in a section.
func secretsIn(path string, t reflect.Type) (paths []string) {
	for _, f := range Fields(t) {
		switch {
		case f.Type == typeOf[Secret]():
			paths = append(paths, yamldoc.Join(path, f.Key))
		case isSection(f.Type):
			paths = append(paths, secretsIn(yamldoc.Join(path, f.Key), f.Type)...)
		}
	}
	return paths
}

// holdsUser says whether a text is a URL with a user in it.
func holdsUser(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.User != nil && (u.Scheme == "http" || u.Scheme == "https")
}
