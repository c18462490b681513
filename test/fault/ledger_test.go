package fault

import (
	"hash/maphash"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// book is a ledger with events of one kind in one partition, and their bodies.
func book(t *testing.T, name string, n int) (*ledger, []string) {
	t.Helper()
	var k *kind
	for i := range kinds {
		if kinds[i].name == name {
			k = &kinds[i]
		}
	}
	l := newLedger()
	var bodies []string
	for id := range n {
		_, value := makeEvent(rand.New(rand.NewPCG(1, 1)), id, 1)
		l.add(event{kind: k, group: "g", sum: maphash.Bytes(sumSeed, value), offset: -1})
		l.produced(id, int64(id))
		bodies = append(bodies, string(value))
	}
	return l, bodies
}

// The checker finds what it is there for.
func TestLedgerFindsWhatIsBroken(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		do         func(l *ledger, b []string)
		want       Findings
	}{
		{"good", "payment", func(l *ledger, b []string) {
			l.arrived(payments, b[0])
			l.committed(log{}, 1, time.Now())
			l.arrived(payments, b[1])
			l.committed(log{}, 2, time.Now())
		}, Findings{Delivered: 2}},
		{"lost", "payment", func(l *ledger, b []string) { l.arrived(payments, b[0]) }, Findings{Delivered: 1, Lost: 1}},
		{"twice", "order", func(l *ledger, b []string) { l.arrived(orders, b[0]); l.arrived(orders, b[1]); l.arrived(orders, b[1]) },
			Findings{Delivered: 2, Duplicated: 1}},
		{"twice in order", "payment", func(l *ledger, b []string) {
			l.arrived(payments, b[0])
			l.arrived(payments, b[1])
			l.arrived(payments, b[1])
		},
			Findings{Delivered: 2, FIFODuplicated: 1}},
		{"out of order", "payment", func(l *ledger, b []string) { l.arrived(payments, b[1]); l.arrived(payments, b[0]) },
			Findings{Delivered: 2, OutOfOrder: 1}},
		{"altered", "order", func(l *ledger, b []string) { l.arrived(orders, b[0]+" "); l.arrived(orders, b[1]) },
			Findings{Delivered: 2, Altered: 1}},
		{"astray", "order", func(l *ledger, b []string) { l.arrived(orders, b[0]); l.arrived(orders, b[1]); l.arrived(alerts, b[1]) },
			Findings{Delivered: 2, Altered: 1}},
		{"dead", "order", func(l *ledger, b []string) {
			l.arrived(orders, b[0])
			l.arrived(orders, b[1])
			l.buried([]byte(b[1]), time.Now(), "")
		}, Findings{Delivered: 2, Letters: 1, StrayLetters: 1}},
		{"no letter", "poison", func(l *ledger, b []string) { l.buried([]byte(b[0]), time.Now(), "") }, Findings{Letters: 1, Lost: 1}},
		{"early", "order", func(l *ledger, b []string) {
			l.arrived(orders, b[0])
			l.committed(log{}, 2, time.Now())
			l.arrived(orders, b[1])
		}, Findings{Delivered: 2, Early: 1}},
		{"back", "noise", func(l *ledger, _ []string) {
			l.committed(log{}, 2, time.Now())
			l.committed(log{}, 1, time.Now())
		}, Findings{WentBack: 1}},
		{"deleted", "order", func(l *ledger, b []string) { l.expire(log{}, 1); l.arrived(orders, b[1]) },
			Findings{Delivered: 1, Expired: 1}},
	} {
		l, bodies := book(t, c.kind, 2)
		c.do(l, bodies)
		_, owed := l.state()
		got := l.finish()
		if owed != got.Lost {
			t.Errorf("%s: %d owed, %d lost", c.name, owed, got.Lost)
		}
		c.want.Events, got.Samples = 2, nil
		if r := (Result{Findings: got}); len(r.judge()) > 0 != (c.name != "good" && c.name != "deleted") {
			t.Errorf("%s: judged %q", c.name, r.judge())
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
