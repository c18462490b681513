package telemetry

// Totals are what has become of records and messages so far; what is zero is left out.
type Totals struct {
	// Acknowledged and DeadLettered are messages by destination.
	Acknowledged map[string]int64 `json:"acknowledged"`
	DeadLettered map[string]int64 `json:"dead_lettered"`
	// Dropped are records that a rule, or the policy for tombstones, dropped.
	Dropped int64 `json:"dropped"`
	// Letters are dead letters that are acknowledged, by reason.
	Letters map[string]int64 `json:"dead_letters"`
}

// Totals returns what has become of all until now.
func (o *Observer) Totals() Totals {
	t := Totals{Acknowledged: map[string]int64{}, DeadLettered: map[string]int64{}, Letters: map[string]int64{}, Dropped: o.dropped.Load()}
	put := func(to map[string]int64, name string, n int64) {
		if n > 0 {
			to[name] = n
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for name, l := range o.lanes {
		put(t.Acknowledged, name, l.taken.Load())
		put(t.DeadLettered, name, l.dead.Load())
	}
	for reason, n := range o.letters {
		put(t.Letters, string(reason), n)
	}
	return t
}
