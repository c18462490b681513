package config

import (
	"maps"
	"slices"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
)

// delimiter joins keys for koanf. Names of topics and destinations may hold dots, so it is a
// character that no key holds.
const delimiter = "\x00"

// layer lays the environment over the file over the defaults.
func layer(file map[string]any, env *environment) map[string]any {
	k := koanf.New(delimiter)
	merge := koanf.WithMergeFunc(overlay)
	// Neither a provider nor overlay can fail.
	single := koanf.New(delimiter)
	_ = single.Load(env.provider(), nil, merge)
	_ = k.Load(confmap.Provider(file, ""), nil, merge)
	for _, c := range env.sections() {
		_ = k.Load(confmap.Provider(c, ""), nil, merge)
	}
	_ = k.Load(confmap.Provider(single.Raw(), ""), nil, merge)
	settings := k.Raw()
	// Destinations and topics have defaults each, so the defaults depend on the names of both
	// other layers; they are laid under them in the end.
	out := koanf.New(delimiter)
	_ = out.Load(confmap.Provider(defaults(settings), ""), nil, merge)
	_ = out.Load(confmap.Provider(settings, ""), nil, merge)
	return out.Raw()
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
