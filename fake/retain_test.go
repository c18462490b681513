package fake_test

import (
	"slices"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

func TestRetainDecidesWhatIsKept(t *testing.T) {
	for _, c := range []struct {
		retain     fake.Retain
		kept       int
		body       string
		receivable int
	}{
		{fake.RetainAll, 2, "a", 2}, {fake.RetainIDs, 2, "", 0}, {fake.CountOnly, 0, "", 0},
	} {
		a := start(t, fake.Options{Queues: []string{"q.fifo"}, Retain: c.retain})
		q := a.Queue("q.fifo")
		var tapped []string
		q.Tap(func(m fake.Message) { tapped = append(tapped, m.Body) })
		for range 2 { // the second time as duplicates
			send(t, sqsClient(t, a), batch(q, "a", "b"))
		}
		q.Tap(nil)
		got := q.Messages()
		visible, _, _ := q.Depth()
		if q.Count() != 2 || q.Bytes() != 2 || len(got) != c.kept || visible != c.receivable || !slices.Equal(tapped, []string{"a", "b"}) {
			t.Errorf("%v: count %d, bytes %d, kept %d, receivable %d, tapped %q", c.retain, q.Count(), q.Bytes(), len(got), visible, tapped)
		}
		if len(got) > 0 && (got[0].Body != c.body || got[0].ID == "" || got[0].Arrivals != 2) {
			t.Errorf("%v: %+v", c.retain, got[0])
		}
		q.Forget()
		if q.Count() != 0 || len(q.Messages()) != 0 {
			t.Errorf("%v: not forgotten", c.retain)
		}
		send(t, sqsClient(t, a), batch(q, "a", "c"))
		if q.Count() != 1 {
			t.Errorf("%v: %d after forgetting", c.retain, q.Count())
		}
	}
}
