package health

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Registry is what is wrong now. It implements telemetry.Health: what goes wrong is logged once, again
// at long intervals while it lasts, and once when it is well.
type Registry struct {
	log *zap.Logger

	mu       sync.Mutex
	troubles map[string]*Problem
}

// Problem is something that keeps records from flowing.
type Problem struct {
	// What it is: "destination ledger", "group orders-bridge".
	What string `json:"what"`
	// Text says what is wrong with it.
	Text string `json:"text"`
	// Since is when it began.
	Since  time.Time `json:"since"`
	logged time.Time
}

// remindAfter is how often a lasting problem is logged again.
const remindAfter = 5 * time.Minute

// NewRegistry returns a registry in which nothing is wrong.
func NewRegistry(log *zap.Logger) *Registry {
	return &Registry{log: log, troubles: map[string]*Problem{}}
}

// Report implements telemetry.Health.
func (r *Registry) Report(what, text string) {
	now := time.Now()
	r.mu.Lock()
	p := r.troubles[what]
	if p == nil {
		p = &Problem{What: what, Since: now}
		r.troubles[what] = p
	}
	p.Text = text
	tell := now.Sub(p.logged) >= remindAfter
	if tell {
		p.logged = now
	}
	since := p.Since
	r.mu.Unlock()
	if tell {
		r.log.Warn("unhealthy", zap.String("what", what), zap.String("problem", text), zap.Time("since", since))
	}
}

// Resolve implements telemetry.Health.
func (r *Registry) Resolve(what string) {
	r.mu.Lock()
	p := r.troubles[what]
	delete(r.troubles, what)
	r.mu.Unlock()
	if p != nil {
		r.log.Info("recovered", zap.String("what", what), zap.Duration("after", time.Since(p.Since).Round(time.Millisecond)))
	}
}

// Drop implements telemetry.Health.
func (r *Registry) Drop(what string) {
	r.mu.Lock()
	_, troubled := r.troubles[what]
	delete(r.troubles, what)
	r.mu.Unlock()
	if troubled {
		r.log.Info("unhealthy cleared: nothing waits for it here any more", zap.String("what", what))
	}
}

// Problems returns what is wrong now, in the order of its names.
func (r *Registry) Problems() []Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Problem, 0, len(r.troubles))
	for _, p := range r.troubles {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(x, y Problem) int { return cmp.Compare(x.What, y.What) })
	return all
}
