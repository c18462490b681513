package daemon

import (
	"slices"

	"github.com/sluice-bridge/sluice/health"
)

// Problems returns what is wrong now: what the board says, and the groups that are not joined,
// which is no trouble while the bridge comes up.
func (d *Daemon) Problems() []health.Problem {
	problems := d.board.Problems()
	sources, moving := d.sources(), d.movingSince()
	switch stopping := d.stopping.Load(); {
	case stopping != nil:
		problems = append(problems, health.Problem{What: "bridge", Text: "stopping: what is in flight is drained", Since: *stopping})
	case len(sources) == 0 && !moving.IsZero():
		problems = append(problems, health.Problem{What: "bridge", Text: "a reload is under way: the consumer groups drain, leave and join again", Since: moving})
	case len(sources) == 0:
		problems = append(problems, health.Problem{What: "bridge", Text: "starting", Since: d.started})
	}
	for _, s := range sources {
		what := "group " + s.Group()
		told := slices.ContainsFunc(problems, func(p health.Problem) bool { return p.What == what })
		if !s.Joined() && !told {
			problems = append(problems, health.Problem{What: what, Text: "the consumer group is not joined yet", Since: s.Made()})
		}
	}
	return problems
}
