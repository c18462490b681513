package yamlconf

import (
	"cmp"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// levelMark parts the levels of a variable's name; a single underscore belongs to a key.
const levelMark = "__"

// notSettings are the variables, without the prefix, that are not meant for the program: those of its tests, and
// those that Kubernetes puts into every pod of a namespace that has a service called as the program, or with a
// name that begins so.
var notSettings = regexp.MustCompile(`^TEST_|^(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)$`)

// environment is the top layer: APP_SERVER__PORT=1 sets server.port. Lists are comma separated;
// a list of mappings, or a whole section, is written as YAML.
type environment struct {
	*yamldoc.Report
	language Language
	root     reflect.Type
	entries  []string
	// file is the layer below, whose keys the names of variables refer to.
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
	below := strings.TrimPrefix(name, e.language.Prefix)
	if notSettings.MatchString(below) {
		return "", nil
	}
	keys, t, ok := e.resolve(strings.Split(below, levelMark))
	if !ok {
		e.unknown(name)
		return "", nil
	}
	e.used = append(e.used, name)
	path := strings.Join(keys, ".")
	if isText(t, value) {
		e.SetBy(name, path)
		return strings.Join(keys, delimiter), yamldoc.Expanded(value)
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
	t := e.root
	var below any = e.file
	var keys []string
	for _, name := range names {
		var key string
		switch {
		case isSection(t):
			f, ok := findField(Fields(t), strings.ToLower(name))
			if !ok {
				return nil, nil, false
			}
			key, t = f.Key, f.Type
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
		e.Forget(path)
	}
	inner := yamldoc.NewReport("")
	var tree any
	if root := yamldoc.Parse([]byte(value), inner); root != nil {
		tree = yamldoc.Tree(inner, path, root, e.lookup)
	}
	e.Join(inner, name, path)
	return tree
}

func (e *environment) unknown(name string) {
	problem := yamldoc.Problem{File: yamldoc.Environment, Path: name}
	names := e.variables("", e.root, e.file)
	switch near := suggest.Closest(name, names, suggest.Plain); {
	case near != "" && e.meant(name, near):
		problem.Message = "no setting has this name; did you mean " + near + "?"
	case e.meant(name, ""):
		problem.Message = "no setting has this name; take away the variable, or see `" + e.language.Program + " schema` for the names"
	default:
		problem.Message = "no setting has this name, so the variable is ignored"
		e.Warnings = append(e.Warnings, problem)
		return
	}
	e.Problems = append(e.Problems, problem)
}

// meant reports whether a variable that sets nothing was meant to: it has levels, begins as a
// section does, or is nearly the name of a setting. Others may well belong to somebody else, such
// as a script around the bridge.
func (e *environment) meant(name, near string) bool {
	if strings.Contains(name, levelMark) || near != "" && suggest.Distance(suggest.Plain(name), suggest.Plain(near)) <= 2 {
		return true
	}
	for _, f := range Fields(e.root) {
		if section := e.language.Prefix + variableName(f.Key); strings.HasPrefix(name, section+"_") {
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
		name := e.language.Prefix + variableName(key)
		if prefix != "" {
			name = prefix + levelMark + variableName(key)
		}
		out = append(out, name)
		out = append(out, e.variables(name, t, settings[key])...)
	}
	switch {
	case isSection(t):
		for _, f := range Fields(t) {
			each(f.Key, f.Type)
		}
	case t.Kind() == reflect.Map:
		for _, key := range slices.Sorted(maps.Keys(settings)) {
			each(key, t.Elem())
		}
	}
	return out
}
