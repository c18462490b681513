package bridgetest

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// Counted returns what a counter of a registry says, by its name and label pairs; 0 where there is none.
func Counted(t testing.TB, of prometheus.Gatherer, name string, pairs ...string) float64 {
	t.Helper()
	families, err := of.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			same := true
			for i := 0; i < len(pairs); i += 2 {
				same = same && labels[pairs[i]] == pairs[i+1]
			}
			if same {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}
