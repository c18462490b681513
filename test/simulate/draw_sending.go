package simulate

import "time"

// drawSending draws how destinations are sent to, and where dead letters go.
func drawSending(r random, s *Setup) {
	for i := range s.Destinations {
		d := &s.Destinations[i]
		if r.one(4) {
			d.GiveUp = pick(r, []time.Duration{time.Second, 20 * time.Second, 2 * time.Minute})
		}
		if r.one(4) {
			d.Most = 1 + r.IntN(3)
		}
		d.Role = r.one(8)
	}
	if d := pick(r, s.Destinations); r.one(3) && !d.Isolated {
		s.Letters = d.Name
	}
}
