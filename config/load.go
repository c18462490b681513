package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/topic"
)

// language is what this configuration has of its own beside its structs.
var language = yamlconf.Language{Program: "sluice", Prefix: "SLUICE_", AsList: asList, TextOnly: testOfText.MatchString}

// testOfText are the places of patterns where a number is none.
var testOfText = regexp.MustCompile(`^rules\[[0-9]+\]\.headers\.|\.(prefix|suffix|wildcard|equals-ignore-case|exactly|cidr)(\[[0-9]+\])?$`)

// asList writes a text as the list that it is meant for, with what can be in it; empty for its items. The commas of
// a regular expression are its own.
func asList(key, text string) string {
	_, isPattern := topic.Expression(text)
	_, meant := topicMeant(text, false)
	nameless := slices.ContainsFunc(yamlconf.SplitList(text), func(name string) bool { return !topic.IsName(name) })
	switch {
	case key == "topics" && meant != "" && !isPattern:
		return "[" + strings.Trim(meant, "[]") + "]"
	case key == "topics" && nameless && !isPattern:
		return "[TOPIC]"
	case key == "to" && nameless:
		return "[DESTINATION]"
	case isPattern:
		return yamlconf.InBrackets([]string{text})
	}
	return ""
}

// Load reads a configuration file. The environment is that of os.Environ; it fills ${VAR} and its
// SLUICE_ variables lie over the file. The error is of type Problems.
func Load(path string, env []string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, Problems{{
			File:    path,
			Message: "the file cannot be read (" + excerpt.Cause(err) + "); `sluice init` writes one to start from",
		}}
	}
	return Parse(data, path, env)
}

// Parse is Load for a file that has been read already. The name is for messages, and paths within
// the configuration are relative to its directory.
func Parse(data []byte, name string, env []string) (*Config, error) {
	c := &Config{}
	r := language.Read(data, name, env, c)
	k := &checker{Reading: r, Config: c, dir: filepath.Dir(name), attributes: map[string]*routing.Expression{}}
	k.check()

	r.Problems.Sort()
	r.Warnings.Sort()
	if len(r.Problems) > 0 {
		return nil, r.Problems
	}
	c.Overrides, c.Warnings, c.report = r.Overrides, r.Warnings, r.Report
	return c, nil
}
