package daemon

import (
	"maps"
	"reflect"
	"slices"

	"github.com/sluice-bridge/sluice/config"
)

// movedRules returns the names of the rules by whose change records may move from one consumer group to another:
// those that differ, come or go, where their destinations, of before or now, are of several groups. What no rule
// matches is among them, by the name of "unmatched": where that is sent to, or the dead letters of the shared
// group.
func movedRules(was, now *config.Config) []string {
	before, after := rulesByName(was), rulesByName(now)
	groups := map[string]bool{}
	var names []string
	sends := func(cfg *config.Config, to []string) {
		for _, d := range to {
			groups[cfg.Group(d)] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(merged(before, after))) {
		if reflect.DeepEqual(before[name], after[name]) {
			continue
		}
		names = append(names, name)
		sends(was, before[name].To)
		sends(now, after[name].To)
	}
	if was.Unmatched != config.UnmatchedDrop || now.Unmatched != config.UnmatchedDrop {
		if was.Unmatched != now.Unmatched {
			names = append(names, "unmatched")
		}
		for _, cfg := range []*config.Config{was, now} {
			sends(cfg, []string{cfg.Unmatched}) // that of the dead letters is the shared one
		}
	}
	if len(groups) < 2 {
		return nil
	}
	return names
}

func rulesByName(cfg *config.Config) map[string]config.Rule {
	rules := map[string]config.Rule{}
	for _, r := range cfg.Rules {
		rules[r.Name] = r
	}
	return rules
}

func merged(a, b map[string]config.Rule) map[string]config.Rule {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
