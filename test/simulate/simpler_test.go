package simulate

import "testing"

// What is simpler still has the places that its destinations lead to.
func TestSimplerKeepsPlaces(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		sc := Draw(seed)
		simpler := sc.Simpler()
		if len(simpler) == 0 {
			t.Fatalf("nothing is simpler than seed %d", seed)
		}
		for _, s := range simpler {
			if !s.housed() {
				t.Fatalf("seed %d: of the destinations %v some lead nowhere: %v", seed, s.Setup.Destinations, s.Queues)
			}
		}
	}
}
