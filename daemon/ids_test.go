package daemon

import (
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// A record that goes to one FIFO queue by two destinations is there twice, whatever becomes of the other
// destination before the second has been taken: its id is not that of the other. What has been taken is not
// there once more.
func TestIDOfARecordOutlivesItsOtherDestination(t *testing.T) {
	waits(t)
	const both = "destinations: {m: {sqs: q.fifo, QUICK}, n: {sqs: q.fifo, QUICK}}\nrules: [{topics: [t], to: [m, n]}]\n"
	for name, c := range map[string]struct {
		after string
		want  int
	}{
		"the first is removed": {strings.NewReplacer("m: {sqs: q.fifo, QUICK}, ", "", "[m, n]", "[n]").Replace(both), 2},
		"another one comes":    {strings.NewReplacer("m: {", "b: {sqs: q.fifo, QUICK}, m: {", "[m, n]", "[b, m, n]").Replace(both), 3},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, []string{"q.fifo"}, both)
			ids := map[string]bool{}
			ofN := func(e fake.Entry) bool { return strings.HasSuffix(e.DeduplicationID, "/n") }
			failing := r.aws.Inject(fake.Fault{Target: "q.fifo", Action: "SendMessageBatch", When: ofN, Effect: fake.FailEntry("InternalError", false)})
			r.produce("1")
			r.until("one of the two is there", func() bool { return failing.Hits() > 0 && r.aws.Queue("q.fifo").Count() == 1 })
			r.reload(c.after)
			r.produce("2")
			from := failing.Hits()
			r.until("the other was tried again", func() bool { return failing.Hits() > from+20 || r.Lag() == 0 })
			failing.Remove()
			r.until("all is settled", func() bool { return r.Lag() == 0 })
			for _, m := range r.aws.Queue("q.fifo").Messages() {
				if m.Body == "1" {
					ids[m.DeduplicationID] = true
				}
			}
			if len(ids) != c.want {
				t.Errorf("the record is there with the ids %v", ids)
			}
		})
	}
}
