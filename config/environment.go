package config

import (
	"cmp"
	"errors"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"

	"github.com/sluice-bridge/sluice/internal/suggest"
)

const (
	envPrefix = "SLUICE_"
	// testPrefix is left to the tests of the bridge.
	testPrefix = envPrefix + "TEST_"
	// level parts the levels of a variable's name; a single underscore belongs to a key.
	level = "__"
)

// serviceLinks are the variables that Kubernetes puts into every pod of a namespace that has a
// service called sluice, or sluice-something. They are not meant for the bridge.
var serviceLinks = regexp.MustCompile(`^SLUICE_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)$`)

// environment is the top layer: SLUICE_KAFKA__GROUP=x sets kafka.group. Lists are comma separated;
// a list of mappings, or a whole section, is written as YAML.
type environment struct {
	*report
	entries []string
	// file is the layer below, whose names of destinations and topics variables refer to.
	file map[string]any
	// used are the variables that set something.
	used []string
	// composites are the variables that hold YAML.
	composites []composite
}

type composite struct {
	keys  []string
	value any
}

func (e *environment) provider() koanf.Provider {
	return env.Provider(delimiter, env.Opt{
		Prefix:        envPrefix,
		EnvironFunc:   func() []string { return e.entries },
		TransformFunc: e.setting,
	})
}

// lookup returns the value of any variable; of several with one name the last counts.
func (e *environment) lookup(name string) (string, bool) {
	for _, entry := range slices.Backward(e.entries) {
		if key, value, ok := strings.Cut(entry, "="); ok && key == name {
			return value, true
		}
	}
	return "", false
}

// setting turns one variable into a key and a value, or an empty key where it is none of ours.
func (e *environment) setting(name, value string) (string, any) {
	if strings.HasPrefix(name, testPrefix) || serviceLinks.MatchString(name) {
		return "", nil
	}
	keys, t, ok := e.resolve(strings.Split(strings.TrimPrefix(name, envPrefix), level))
	if !ok {
		e.unknown(name)
		return "", nil
	}
	e.used = append(e.used, name)
	path := strings.Join(keys, ".")
	if isText(t, value) {
		e.forget(path)
		e.places[path] = place{variable: name, base: path}
		return strings.Join(keys, delimiter), expanded(value)
	}
	e.composites = append(e.composites, composite{keys, e.readYAML(path, name, value, t)})
	return "", nil
}

// sections gives each variable that holds YAML as a tree of its own, the outer ones first, so
// that a variable for a single key lies over one for the section around it.
func (e *environment) sections() []map[string]any {
	slices.SortStableFunc(e.composites, func(a, b composite) int { return cmp.Compare(len(a.keys), len(b.keys)) })
	var out []map[string]any
	for _, c := range e.composites {
		tree := c.value
		for _, key := range slices.Backward(c.keys) {
			tree = map[string]any{key: tree}
		}
		out = append(out, tree.(map[string]any))
	}
	return out
}

// isText reports whether a variable's value is the setting itself, and not YAML.
func isText(t reflect.Type, value string) bool {
	switch {
	case isSection(t), t.Kind() == reflect.Map:
		return false
	case t.Kind() == reflect.Slice:
		return t.Elem().Kind() == reflect.String && !strings.HasPrefix(strings.TrimSpace(value), "[")
	}
	return true
}

// resolve follows the levels of a name down the configuration.
func (e *environment) resolve(names []string) ([]string, reflect.Type, bool) {
	t := typeOf[Config]()
	var below any = e.file
	var keys []string
	for _, name := range names {
		var key string
		switch {
		case isSection(t):
			f, ok := findField(fieldsOf(t), strings.ToLower(name))
			if !ok {
				return nil, nil, false
			}
			key, t = f.key, f.typ
		case t.Kind() == reflect.Map && name != "":
			existing, ok := existingKey(below, name)
			if !ok {
				if isSection(t.Elem()) {
					return nil, nil, false
				}
				existing = strings.ToLower(name)
			}
			key, t = existing, t.Elem()
		default:
			return nil, nil, false
		}
		m, _ := below.(map[string]any)
		below = m[key]
		keys = append(keys, key)
	}
	return keys, t, true
}

// existingKey finds the key of a mapping that a variable's name means. Names of variables have no
// case, dots or dashes.
func existingKey(m any, name string) (string, bool) {
	settings, _ := m.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if variableName(key) == strings.ToUpper(name) && !strings.Contains(key, delimiter) {
			return key, true
		}
	}
	return "", false
}

var notInVariables = regexp.MustCompile(`[^A-Z0-9_]`)

func variableName(key string) string {
	return notInVariables.ReplaceAllString(strings.ToUpper(key), "_")
}

// readYAML reads a value that is written as YAML.
func (e *environment) readYAML(path, name, value string, t reflect.Type) any {
	if t.Kind() == reflect.Slice {
		e.forget(path)
	}
	inner := newReport("")
	var tree any
	if root := parseYAML([]byte(value), inner); root != nil {
		tree = newTreeReader(inner, e.lookup).value(path, root)
	}
	e.places[path] = place{variable: name, base: path}
	for p, at := range inner.places {
		if p != "" {
			e.places[p] = place{variable: name, base: path, quoted: at.quoted}
		}
	}
	for _, p := range inner.problems {
		e.addf(path, "%s", errors.New(p.Message))
	}
	for p := range inner.unread {
		e.unread[cmp.Or(p, path)] = true
	}
	return tree
}

func (e *environment) unknown(name string) {
	problem := Problem{File: environmentFile, Path: name}
	names := e.variables("", typeOf[Config](), e.file)
	switch near := closest(name, names); {
	case near != "" && e.meant(name, near):
		problem.Message = "no setting has this name; did you mean " + near + "?"
	case e.meant(name, ""):
		problem.Message = "no setting has this name; take away the variable, or see `sluice schema` for the names"
	default:
		problem.Message = "no setting has this name, so the variable is ignored"
		e.warnings = append(e.warnings, problem)
		return
	}
	e.problems = append(e.problems, problem)
}

// meant reports whether a variable that sets nothing was meant to: it has levels, begins as a
// section does, or is nearly the name of a setting. Others may well belong to somebody else, such
// as a script around the bridge.
func (e *environment) meant(name, near string) bool {
	if strings.Contains(name, level) || near != "" && suggest.Distance(plainName(name), plainName(near)) <= 2 {
		return true
	}
	for _, f := range fieldsOf(typeOf[Config]()) {
		if section := envPrefix + variableName(f.key); strings.HasPrefix(name, section+"_") {
			return true
		}
	}
	return false
}

// variables lists the names that mean something over this file.
func (e *environment) variables(prefix string, t reflect.Type, below any) []string {
	settings, _ := below.(map[string]any)
	var out []string
	each := func(key string, t reflect.Type) {
		name := envPrefix + variableName(key)
		if prefix != "" {
			name = prefix + level + variableName(key)
		}
		out = append(out, name)
		out = append(out, e.variables(name, t, settings[key])...)
	}
	switch {
	case isSection(t):
		for _, f := range fieldsOf(t) {
			each(f.key, f.typ)
		}
	case t.Kind() == reflect.Map:
		for _, key := range slices.Sorted(maps.Keys(settings)) {
			each(key, t.Elem())
		}
	}
	return out
}
