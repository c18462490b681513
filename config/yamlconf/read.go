package yamlconf

import (
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// Language is what the configuration of a program has of its own beside its structs.
type Language struct {
	// Program is the command whose subcommands init and schema remedies name.
	Program string
	// Prefix begins the names of the variables of the environment that lie over the file: APP_ for APP_SERVER__PORT.
	Prefix string
	// AsList writes a text that stands at a key in the place of a list as the list that was meant; empty for its
	// items between commas.
	AsList func(key, text string) string
	// TextOnly reports whether a number at a path is meant for a text, where values may have any shape.
	TextOnly func(path string) bool
}

func (l Language) listOf(key, text string) string {
	if meant := l.AsList(key, text); meant != "" {
		return meant
	}
	return InBrackets(SplitList(text))
}

// Reading is what is known of a configuration beside its values, for the checks that follow.
type Reading struct {
	*yamldoc.Report
	// Lookup returns the value of a variable of the environment.
	Lookup func(name string) (value string, set bool)
	// Expressions are the texts of expressions, by path.
	Expressions map[string]string
	// Exposed are the paths of secrets that the file itself holds, URLs with credentials among them.
	Exposed []string
	// Overrides are the names of the variables that lie over the file, sorted.
	Overrides []string
}

// Read lays the environment, as of os.Environ, over the file over the defaults, and fills a struct with it. The name of the file is for
// problems, which the reading has all of.
func (l Language) Read(data []byte, file string, environ []string, out any) *Reading {
	into := reflect.ValueOf(out).Elem()
	r := yamldoc.NewReport(file)
	r.Secrets = secretsIn("", into.Type())
	env := &environment{Report: r, language: l, root: into.Type(), entries: environ}
	env.file = l.document(data, r, env.lookup)
	settings := layer(env.file, env)

	reading := &Reading{Report: r, Lookup: env.lookup, Expressions: map[string]string{}}
	decoder{reading, l}.decode("", settings, into, Field{})
	slices.Sort(env.used)
	reading.Overrides = slices.Compact(env.used)
	return reading
}

// document reads the file.
func (l Language) document(data []byte, r *yamldoc.Report, lookup func(string) (string, bool)) map[string]any {
	root := yamldoc.Parse(data, r)
	switch {
	case root == nil && len(r.Problems) > 0:
		return nil
	case root == nil, root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null":
		r.Unreadf("", "the file is empty; `%s init` writes one to start from", l.Program)
		return nil
	}
	tree, ok := yamldoc.Tree(r, "", root, lookup).(map[string]any)
	if !ok {
		r.Unreadf("", "a configuration is made of `key: value` lines, and this is something else")
	}
	return tree
}
