package daemon

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// A record that goes to one FIFO queue by two destinations is there twice, whatever becomes of the other
// destination before the second has been taken: its id is not that of the other. What has been taken is not
// there once more.
func TestIDsOutliveAnother(t *testing.T) {
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

// Through any reloads, at most one destination of a place has ids without its name, and none that another one of
// that place may have sent for the same record; what stays as it is keeps its kind.
func TestKindsOfIDs(t *testing.T) {
	const (
		unknown = "q.fifo"
		first   = "'https://sqs.eu-west-1.amazonaws.com/111111111111/q.fifo'"
		second  = "'https://sqs.eu-west-1.amazonaws.com/222222222222/q.fifo'"
	)
	type places map[string]string
	for name, c := range map[string]struct {
		steps []places
		named []string // of the last
	}{
		"alone":                             {[]places{{"m": unknown}}, nil},
		"together":                          {[]places{{"m": unknown, "n": unknown}}, []string{"m", "n"}},
		"another comes":                     {[]places{{"m": unknown}, {"m": unknown, "n": unknown}}, []string{"n"}},
		"another goes":                      {[]places{{"m": unknown, "n": unknown}, {"n": unknown}}, []string{"n"}},
		"renamed":                           {[]places{{"m": unknown}, {"n": unknown}}, nil},
		"written with its account":          {[]places{{"m": unknown}, {"m": first}}, nil},
		"one comes to another's place":      {[]places{{"m": first, "n": second}, {"m": unknown, "n": second}}, []string{"m"}},
		"one comes where another was":       {[]places{{"m": first, "n": second}, {"n": first}}, []string{"n"}},
		"both change places":                {[]places{{"m": first, "n": second}, {"m": second, "n": first}}, []string{"m", "n"}},
		"both are written otherwise":        {[]places{{"m": first, "n": second}, {"m": unknown, "n": unknown}}, []string{"m", "n"}},
		"one of two is renamed":             {[]places{{"m": unknown}, {"m": unknown, "n": unknown}, {"k": unknown}}, []string{"k"}},
		"one of two is written otherwise":   {[]places{{"m": unknown}, {"m": unknown, "n": unknown}, {"n": first}}, []string{"n"}},
		"a third one joins what is alone":   {[]places{{"m": first, "n": second}, {"k": unknown, "m": first, "n": second}}, []string{"k"}},
		"what is elsewhere is no neighbour": {[]places{{"m": first}, {"m": first, "n": second}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var before *plan
			for _, step := range c.steps {
				names := slices.Sorted(maps.Keys(step))
				var all []string
				for _, n := range names {
					all = append(all, fmt.Sprintf("%s: {sqs: %s}", n, step[n]))
				}
				cfg := loaded(t, fmt.Sprintf("kafka: {brokers: [b:9092], group: g}\naws: {region: eu-west-1}\ndestinations: {%s}\nrules: [{topics: [t], to: [%s]}]\n",
					strings.Join(all, ", "), strings.Join(names, ", ")))
				before = &plan{config: cfg, destinations: destinationsAfter(before, cfg)}
			}
			var named []string
			for _, d := range before.destinations {
				if d.NamedID {
					named = append(named, d.Name)
				}
			}
			if !slices.Equal(named, c.named) {
				t.Errorf("ids have the names %v, want %v", named, c.named)
			}
		})
	}
}
