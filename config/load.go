package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
)

// Load reads a configuration file. The environment is that of os.Environ; it fills ${VAR} and its
// SLUICE_ variables lie over the file. The error is of type Problems.
func Load(path string, env []string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, Problems{{
			File:    path,
			Message: "the file cannot be read (" + reason(err) + "); `sluice init` writes one to start from",
		}}
	}
	return Parse(data, path, env)
}

// Parse is Load for a file that has been read already. The name is for messages, and paths within
// the configuration are relative to its directory.
func Parse(data []byte, name string, env []string) (*Config, error) {
	r := newReport(name)
	vars := &environment{report: r, entries: env}
	vars.file = readDocument(data, r, vars.lookup)
	settings := layer(vars.file, vars)

	c := &Config{}
	d := decoder{r, map[string]string{}}
	d.decode("", settings, reflect.ValueOf(c).Elem(), field{})
	k := &checker{report: r, Config: c, lookup: vars.lookup, dir: filepath.Dir(name)}
	k.check()
	k.checkNumbers(d.expressions)

	r.problems.sort()
	r.warnings.sort()
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	slices.Sort(vars.used)
	c.Overrides, c.Warnings, c.report = slices.Compact(vars.used), r.warnings, r
	return c, nil
}
