package daemon

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Board is what is wrong now. It implements bridge.Health: what goes wrong is logged once, again
// at long intervals while it lasts, and once when it is well.
type Board struct {
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

// NewBoard returns a board on which nothing is wrong.
func NewBoard(log *zap.Logger) *Board {
	return &Board{log: log, troubles: map[string]*Problem{}}
}

// Trouble implements bridge.Health.
func (b *Board) Trouble(what, text string) {
	now := time.Now()
	b.mu.Lock()
	p := b.troubles[what]
	if p == nil {
		p = &Problem{What: what, Since: now}
		b.troubles[what] = p
	}
	p.Text = text
	tell := now.Sub(p.logged) >= remindAfter
	if tell {
		p.logged = now
	}
	since := p.Since
	b.mu.Unlock()
	if tell {
		b.log.Warn("trouble", zap.String("what", what), zap.String("problem", text), zap.Time("since", since))
	}
}

// Recovered implements bridge.Health.
func (b *Board) Recovered(what string) {
	b.mu.Lock()
	p := b.troubles[what]
	delete(b.troubles, what)
	b.mu.Unlock()
	if p != nil {
		b.log.Info("recovered", zap.String("what", what), zap.Duration("after", time.Since(p.Since).Round(time.Millisecond)))
	}
}

// Forget implements bridge.Health.
func (b *Board) Forget(what string) {
	b.mu.Lock()
	_, troubled := b.troubles[what]
	delete(b.troubles, what)
	b.mu.Unlock()
	if troubled {
		b.log.Info("no longer watched", zap.String("what", what))
	}
}

// Problems returns what is wrong now, in the order of its names.
func (b *Board) Problems() []Problem {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]Problem, 0, len(b.troubles))
	for _, p := range b.troubles {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(x, y Problem) int { return cmp.Compare(x.What, y.What) })
	return all
}
