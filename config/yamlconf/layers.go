package yamlconf

import (
	"maps"
	"reflect"
	"slices"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"

	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// All that koanf does is in this file: it picks the variables of the environment and lays layers over each other.
// Reading and decoding are our own, because what is told of a mistake needs the line where a value stands. Parsers
// of koanf give values without their places, and numbers as doubles; hooks of its decoder do not know the path of
// what they decode, so that unknown keys, wrong types and ranges would have to be looked for a second time.

// delimiter joins keys for koanf. Keys may hold dots, so it is a character that no key holds.
const delimiter = "\x00"

// layer lays the environment over the file over the defaults.
func layer(file map[string]any, e *environment) map[string]any {
	merge := koanf.WithMergeFunc(overlay)
	// Neither a provider nor overlay can fail.
	single := koanf.New(delimiter)
	_ = single.Load(e.provider(), nil, merge)
	k := koanf.New(delimiter)
	_ = k.Load(confmap.Provider(file, ""), nil, merge)
	for _, section := range e.sections() {
		_ = k.Load(confmap.Provider(section, ""), nil, merge)
	}
	_ = k.Load(confmap.Provider(single.Raw(), ""), nil, merge)
	settings := k.Raw()
	// Sections by name have defaults each, so the defaults depend on the names of both other layers; they are
	// laid under them in the end.
	out := koanf.New(delimiter)
	_ = out.Load(confmap.Provider(defaultsOf(e.root, settings), ""), nil, merge)
	_ = out.Load(confmap.Provider(settings, ""), nil, merge)
	return out.Raw()
}

// provider gives koanf the variables that set one key each.
func (e *environment) provider() koanf.Provider {
	return env.Provider(delimiter, env.Opt{
		Prefix:        e.language.Prefix,
		EnvironFunc:   func() []string { return e.entries },
		TransformFunc: e.setting,
	})
}

// overlay lays one layer over another. A key without a value leaves what is below: a section
// whose lines are all commented out is as good as absent.
func overlay(above, below map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(above)) {
		value := above[key]
		if value == nil {
			if _, ok := below[key]; !ok {
				below[key] = nil
			}
			continue
		}
		upper, ok1 := value.(map[string]any)
		lower, ok2 := below[key].(map[string]any)
		if ok1 && ok2 {
			_ = overlay(upper, lower)
			continue
		}
		below[key] = value
	}
	return nil
}

// defaultsOf builds the bottom layer of a section: what the tags say, for every section there is and for each
// that the settings name.
func defaultsOf(t reflect.Type, settings any) map[string]any {
	below, _ := settings.(map[string]any)
	out := map[string]any{}
	for _, f := range Fields(t) {
		switch {
		case f.Default != "":
			out[f.Key] = yamldoc.Expanded(f.Default)
		case isSection(f.Type):
			out[f.Key] = defaultsOf(f.Type, below[f.Key])
		case f.Type.Kind() == reflect.Map && isSection(f.Type.Elem()):
			named, _ := below[f.Key].(map[string]any)
			each := map[string]any{}
			for name := range named {
				each[name] = defaultsOf(f.Type.Elem(), named[name])
			}
			out[f.Key] = each
		}
	}
	return out
}
