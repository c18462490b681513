package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// openFile is what is said of files that everybody can read or change. How files of a repository are kept is
// not for the repository to say.
const openFile = "everybody on this machine can "

func TestFilesOpenToOthersAreWarnedOf(t *testing.T) {
	t.Parallel()
	const all = `kafka:
  brokers: [localhost:9092]
  group: g
  sasl: {mechanism: plain, username: u, SASL}
schema_registry: {urls: ["https://r.example", "https://URL"], token_file: token}
aws: {region: eu-west-1}
destinations: {queue: {sqs: q}}
rules: [{name: "http://me@host/doc", topics: [t], match: {link: ["https://u:p@host"]}, to: [queue]}]
`
	for name, c := range map[string]struct {
		sasl              string // and the registry's second URL, behind a blank
		file, secret, own os.FileMode
		want              []string
	}{
		"closed":                  {"password_file: password", 0o644, 0o640, 0o600, nil},
		"readable":                {"password_file: password", 0o644, 0o644, 0o600, []string{"kafka.sasl.password_file: read the file, and"}},
		"changeable":              {"password_file: password", 0o644, 0o602, 0o600, []string{"kafka.sasl.password_file: change the file, and"}},
		"all of them":             {"password_file: password", 0o666, 0o666, 0o644, []string{": change the file;", "kafka.sasl.password_file: read and change the file, and", "schema_registry.token_file: read the file, and"}},
		"written here, closed":    {"password: p", 0o640, 0o600, 0o600, nil},
		"written here":            {"password: p", 0o644, 0o600, 0o600, []string{"kafka.sasl.password: read the file, and"}},
		"out of a variable":       {"password: '${P}'", 0o644, 0o600, 0o600, nil},
		"out of one, changeable":  {"password: '${P}'", 0o646, 0o600, 0o600, []string{": change the file;"}},
		"in another's place":      {"password: ''", 0o644, 0o600, 0o600, nil},
		"in a URL":                {"password_file: password u:p@r2.example", 0o644, 0o600, 0o600, []string{"schema_registry.urls[1]: read the file, and"}},
		"in a URL, closed":        {"password_file: password u:p@r2.example", 0o640, 0o600, 0o600, nil},
		"a token as the user":     {"password_file: password token@r2.example", 0o644, 0o600, 0o600, []string{"schema_registry.urls[1]: read the file, and"}},
		"in a URL by a variable":  {"password_file: password u:${P}@r2.example", 0o644, 0o600, 0o600, nil},
		"written here, all do it": {"password: p", 0o646, 0o600, 0o600, []string{"kafka.sasl.password: read and change the file, and"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			sasl, host := c.sasl, "r2.example"
			if i := strings.LastIndex(sasl, " "); strings.HasSuffix(sasl, host) {
				sasl, host = sasl[:i], sasl[i+1:]
			}
			text := strings.NewReplacer("SASL", sasl, "URL", host).Replace(all)
			for file, mode := range map[string]os.FileMode{"password": c.secret, "token": c.own, "bridge.yaml": c.file} {
				path := filepath.Join(dir, file)
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, mode); err != nil {
					t.Fatal(err)
				}
			}
			env := []string{"P=p"}
			if strings.HasSuffix(c.sasl, "''") {
				env = append(env, "SLUICE_KAFKA__SASL__PASSWORD=p")
			}
			cfg, err := Load(filepath.Join(dir, "bridge.yaml"), env)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range cfg.Warnings {
				if text, ok := strings.CutPrefix(w.Message, openFile); ok {
					got = append(got, w.Path+": "+text)
				}
			}
			slices.Sort(got)
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOverridesNameTheirVariables(t *testing.T) {
	t.Parallel()
	c := load(t, minimal, "SLUICE_KAFKA__GROUP=secret", "SLUICE_AWS={region: eu-west-1}", "SLUICE_TEST_X=1", "SLUICE_PORT=tcp://1.2.3.4:5", "OTHER=x", "SLUICE_KAFKA__GROUP=again")
	if want := []string{"SLUICE_AWS", "SLUICE_KAFKA__GROUP"}; !slices.Equal(c.Overrides, want) {
		t.Errorf("got %q, want %q", c.Overrides, want)
	}
}
