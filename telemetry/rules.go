package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluice-bridge/sluice/routing"
)

// Rules is told what the rules of one table decide.
type Rules struct {
	observer        *Observer
	table           *routing.Table
	matched, failed []prometheus.Counter // by rule
}

// Rules returns what is told of the rules of a table.
func (o *Observer) Rules(table *routing.Table) *Rules {
	r := &Rules{observer: o, table: table}
	for _, name := range table.RuleNames() {
		r.matched = append(r.matched, o.metrics.matched.WithLabelValues(name))
		r.failed = append(r.failed, o.metrics.ruleErrors.WithLabelValues(name))
	}
	return r
}

// MayDrop begins the counts of what may be dropped at zero, by rules or for having no value: the first increase of
// a series that was not there before is not seen.
func (r *Rules) MayDrop(tombstones bool) {
	for _, rule := range r.table.Dropping() {
		r.observer.metrics.dropped.WithLabelValues(rule)
	}
	if tombstones {
		r.observer.metrics.dropped.WithLabelValues("")
	}
}

// Decided says what was decided on a record.
func (r *Rules) Decided(d *routing.Decision) {
	for _, i := range d.Matched {
		r.matched[i].Inc()
	}
	for _, e := range d.Errors {
		r.failed[e.Rule].Inc()
	}
	switch {
	case d.Outcome == routing.Dropped:
		rule := "" // the tombstone policy
		if n := len(d.Matched); n > 0 {
			rule = r.table.RuleName(d.Matched[n-1])
		}
		r.observer.dropped.Add(1)
		r.observer.metrics.dropped.WithLabelValues(rule).Inc()
	case len(d.Matched) == 0 && !d.Undecodable:
		r.observer.metrics.unmatched.Inc()
	}
}
