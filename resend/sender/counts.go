package sender

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluice-bridge/sluice/telemetry"
)

// Sent is what has become of messages.
type Sent struct {
	// Acknowledged and DeadLettered are messages by destination.
	Acknowledged map[string]int64 `json:"acknowledged"`
	DeadLettered map[string]int64 `json:"dead_lettered"`
	// Dropped are records that a rule, or the policy for tombstones, dropped.
	Dropped int64 `json:"dropped"`
	// Letters are dead letters that are acknowledged, by reason.
	Letters map[string]int64 `json:"dead_letters"`
}

// Sent counts what has become of messages so far.
func (s *Sender) Sent() (Sent, error) {
	deliveries, err := read(s.metrics.Deliveries)
	if err != nil {
		return Sent{}, err
	}
	letters, err := read(s.metrics.Letters)
	if err != nil {
		return Sent{}, err
	}
	dropped, err := read(s.metrics.Dropped)
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{Acknowledged: map[string]int64{}, DeadLettered: map[string]int64{}, Letters: map[string]int64{}}
	for _, c := range deliveries {
		if c.labels["outcome"] == telemetry.OutcomeDeadLettered {
			sent.DeadLettered[c.labels["destination"]] += c.n
		} else {
			sent.Acknowledged[c.labels["destination"]] += c.n
		}
	}
	for _, c := range letters {
		sent.Letters[c.labels["reason"]] += c.n
	}
	for _, c := range dropped {
		sent.Dropped += c.n
	}
	return sent, nil
}

// count is a counter that is not zero.
type count struct {
	labels prometheus.Labels
	n      int64
}

// read returns what a vector has counted.
func read(vector *prometheus.CounterVec) (all []count, err error) {
	alone := prometheus.NewRegistry()
	if err := alone.Register(vector); err != nil {
		return nil, err
	}
	families, err := alone.Gather()
	for _, f := range families {
		for _, m := range f.GetMetric() {
			c := count{prometheus.Labels{}, int64(m.GetCounter().GetValue())}
			for _, l := range m.GetLabel() {
				c.labels[l.GetName()] = l.GetValue()
			}
			if c.n > 0 {
				all = append(all, c)
			}
		}
	}
	return all, err
}
