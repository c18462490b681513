package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
)

// What a group does with a record that it reads after the rules have changed: A record that goes from one
// group to another goes, before the offset of the foremost group, where the earlier rules say, in every
// group once; and wherever it stays within a group, the current rules hold.
func TestEarlierRulesDecideBeforeTheForemostGroup(t *testing.T) {
	const foremost = 100
	for _, c := range []struct {
		was, is string // the targets by the earlier rules, and by the current ones; "!" is a dead letter
		gone    string // destinations that there are no more
		before  string // who sends before the foremost group's offset: GROUP>DESTINATION
		behind  string // and behind it
	}{
		{was: "x", is: "a", before: "g.x>x", behind: "g>a"},
		{was: "a", is: "x", before: "g>a", behind: "g.x>x"},
		{was: "x", is: "y", before: "g.x>x", behind: "g.y>y"},
		{was: "ax", is: "by", before: "g>a g.x>x", behind: "g>b g.y>y"},
		{was: "ax", is: "xb", before: "g>b g.x>x", behind: "g>b g.x>x"}, // x is not concerned
		{was: "a", is: "b", before: "g>b", behind: "g>b"},
		{was: "a", is: "ax", before: "g>a g.x>x", behind: "g>a g.x>x"},
		{was: "ax", is: "a", before: "g>a", behind: "g>a"},
		{was: "x", is: "!", before: "g.x>x", behind: "g>!"},
		{was: "!", is: "x", before: "g>!", behind: "g.x>x"},
		{was: "a", is: "!", before: "g>!", behind: "g>!"},
		{was: "!", is: "b", before: "g>b", behind: "g>b"},
		{was: "x", is: "", before: "", behind: ""},
		{was: "", is: "x", before: "g.x>x", behind: "g.x>x"},
		{was: "a", is: "x", gone: "a", before: "g>x", behind: "g.x>x"},
		{was: "ab", is: "bx", gone: "a", before: "g>b g>x", behind: "g.x>x g>b"},
		{was: "ax", is: "by", gone: "a", before: "g.x>x g>b g>y", behind: "g.y>y g>b"},
		{was: "x", is: "a", gone: "x", before: "g>a", behind: "g>a"}, // nobody reads on for it
	} {
		all := strings.Split("abcxyz", "")
		left := slices.DeleteFunc(slices.Clone(all), func(d string) bool { return strings.Contains(c.gone, d) })
		for _, at := range []struct {
			OffsetIn int64
			want     string
		}{{foremost - 1, c.before}, {foremost, c.behind}} {
			var got []string
			for _, g := range []string{"g", "g.x", "g.y", "g.z"} {
				p := rulesIn(t, g, c.is, left, rulesUntil(t, c.was, all, foremost))
				got = append(got, p.routed(at.OffsetIn, progress.Progress{})...)
			}
			want := strings.Fields(at.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%q, then %q without %q, at %d: %v, want %v", c.was, c.is, c.gone, at.OffsetIn, got, want)
			}
		}
	}
}

// Over chains of reloads, wherever each group is at each of them: a record is never lost that all rules send
// somewhere, and where they send it to one destination each, it goes there or elsewhere once.
func TestEarlierRulesOfChainsOfReloadsLoseNothing(t *testing.T) {
	all := strings.Split("abxy", "")
	groups := []string{"g", "g.x", "g.y"}
	kinds := []string{"", "a", "b", "x", "y", "ax", "!"}
	const plans = 3
	told := 0
	for chain := range pow(len(kinds), plans) {
		var rules []string
		for n, i := chain, 0; i < plans; n, i = n/len(kinds), i+1 {
			rules = append(rules, kinds[n%len(kinds)])
		}
		for when := range pow(plans, len(groups)) {
			reads := map[string]int{} // the plan by which a group reads the record
			first := plans
			for n, i := when, 0; i < len(groups); n, i = n/plans, i+1 {
				reads[groups[i]] = n % plans
				first = min(first, n%plans)
			}
			if first > 0 {
				continue // what nobody had read is as if there had been fewer reloads
			}
			var got []string
			for _, g := range groups {
				var eras []EarlierOptions
				for i := range reads[g] {
					until := int64(0)
					for _, by := range reads {
						if by <= i {
							until = 1
						}
					}
					eras = append(eras, rulesUntil(t, rules[i], all, until))
				}
				got = append(got, rulesIn(t, g, rules[reads[g]], all, eras...).routed(0, progress.Progress{})...)
			}
			one, some := true, true
			for _, r := range rules {
				one, some = one && len(r) == 1, some && r != ""
			}
			if some && len(got) == 0 || one && len(got) != 1 {
				if told++; told < 10 {
					t.Errorf("rules %q, read by %v: %v", rules, reads, got)
				}
			}
		}
	}
}

func pow(base, n int) int {
	all := 1
	for range n {
		all *= base
	}
	return all
}

// What several reloads make of a record that the group of x, which lags, or the shared one reads last.
func TestEarlierRulesOfSeveralReloadsFold(t *testing.T) {
	for _, c := range []struct {
		name  string
		group string
		rules []string // the last are the current ones
		want  string
	}{
		{"nowhere, to x, to a", "g.x", []string{"", "x", "a"}, "g.x>x"},
		{"nowhere, to a, to x", "g", []string{"", "a", "x"}, "g>a"},
		{"a, b, x", "g", []string{"a", "b", "x"}, "g>b"},
		{"one more, then one less", "g", []string{"a", "ax", "x"}, "g>a"},
		{"to a, nowhere, to x", "g", []string{"a", "", "x"}, "g>a"},
		{"to a, nowhere, to x: once more", "g.x", []string{"a", "", "x"}, "g.x>x"},
		{"to the dead letters, nowhere, to x", "g", []string{"!", "", "x"}, "g>!"},
	} {
		all := strings.Split("abxy", "")
		var eras []EarlierOptions
		for _, was := range c.rules[:len(c.rules)-1] {
			eras = append(eras, rulesUntil(t, was, all, 100))
		}
		p := rulesIn(t, c.group, c.rules[len(c.rules)-1], all, eras...)
		if got := p.routed(60, progress.Progress{}); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

// Within the shared group a record moves as between groups where one destination is past it and the other is not.
func TestEarlierRulesDecideWithinAGroupThatCatchesUp(t *testing.T) {
	for _, c := range []struct {
		was, is string
		done    string // the destination that differs from the rest: they are done up to 50, it up to 100
		behind  string // or the other way round
		want    string
	}{
		{was: "a", is: "b", behind: "a", want: "g>a"},
		{was: "a", is: "!", behind: "a", want: "g>a"},
		{was: "b", is: "a", behind: "a", want: ""}, // b had it
		{was: "a", is: "b", done: "b", want: "g>a"},
		{was: "!", is: "a", done: "a", want: "g>!"},
		{was: "b", is: "a", done: "b", want: ""},
		{was: "b", is: "c", behind: "a", want: ""},
		{was: "b", is: "c", done: "a", want: "g>c"},
	} {
		all := strings.Split("abc", "")
		reach := progress.Progress{Default: 50, Done: map[string]int64{c.done: 100}}
		if c.behind != "" {
			reach = progress.Progress{Default: 100, Done: map[string]int64{c.behind: 50}}
		}
		got := rulesIn(t, "g", c.is, all, rulesUntil(t, c.was, all, 100)).routed(60, reach)
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// Who gets what a destination was to get, that has another name or place by now.
func TestRenamedDestinationInheritsItsRecords(t *testing.T) {
	d := func(name, place string, isolated bool) message.Destination {
		at := progress.ResourceID("")
		if place != "" {
			at = progress.NewResourceID("sqs", "r", "1", place)
		}
		return message.Destination{Name: name, Resource: at, Isolated: isolated}
	}
	x, a := d("x", "q", true), d("a", "p", false)
	for name, c := range map[string]struct {
		now  []message.Destination
		want int
	}{
		"the same":                        {[]message.Destination{a, x}, 1},
		"another name":                    {[]message.Destination{a, d("x2", "q", true)}, 1},
		"another name, shared":            {[]message.Destination{a, d("x2", "q", false)}, 1},
		"its name and another place":      {[]message.Destination{a, d("x", "r", true)}, 1},
		"its place has another new name":  {[]message.Destination{d("x", "r", true), d("x2", "q", true)}, 1},
		"its place is that of one beside": {[]message.Destination{a, d("y", "q", true)}, none},
		"no more":                         {[]message.Destination{a}, none},
	} {
		if got := heir(&x, []message.Destination{a, x, d("y", "q", true)}, c.now); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// What an earlier rule says goes as the current destination takes it: by its service, and in its kind of queue.
func TestEarlierRulesSendAsTheDestinationTakesItNow(t *testing.T) {
	all := []string{"a", "x"}
	p := rulesIn(t, "g", "x", all, rulesUntil(t, "a", all, 100))
	place := progress.NewResourceID("sqs", "r", "1", "q.fifo")
	p.Encoder.Destinations[0] = message.Destination{Name: "a2", Profile: sqs.Profile, FIFO: true, NamedID: true, Resource: place}
	p.Earlier[0].Encoder.Destinations[0].Resource = place
	p.slots, p.earlier = nil, nil
	p.newEarlier()
	if got := p.routed(60, progress.Progress{}); !slices.Equal(got, []string{"g>a"}) {
		t.Fatal(got)
	}
	if m := p.ready[0].delivery.Message; m.GroupID == "" || !strings.HasSuffix(m.DeduplicationID, "/a2") {
		t.Errorf("a message without the ids of a FIFO queue: %+v", m)
	}
}

// Two destinations of one FIFO queue have one order: what an earlier rule sends to the one goes by the lane of the
// other, to which what follows goes.
func TestEarlierRulesKeepTheOrderOfAQueue(t *testing.T) {
	all := strings.Split("abc", "")
	for place, want := range map[string]string{"q.fifo": "g>b", "other.fifo": "g>a"} {
		p := rulesIn(t, "g", "b", all, rulesUntil(t, "a", all, 100))
		for i, name := range []string{"q.fifo", place} {
			p.Encoder.Destinations[i].FIFO, p.Encoder.Destinations[i].Resource = true, progress.NewResourceID("sqs", "r", "1", name)
		}
		if got := p.routed(60, progress.Progress{Default: 100, Done: map[string]int64{"a": 50}}); !slices.Equal(got, []string{want}) {
			t.Errorf("b of %s: %v, want %s", place, got, want)
		}
	}
}

// rulesUntil sends all records to these destinations until an offset.
func rulesUntil(t *testing.T, targets string, destinations []string, until int64) EarlierOptions {
	t.Helper()
	return EarlierOptions{
		Encoder: encoderOf(t, targets, destinations), Reading: readAs(t, codec.FormatBytes),
		Until: func(*offsets.Tracker) int64 { return until },
	}
}

// encoderOf sends all records to these destinations.
func encoderOf(t *testing.T, targets string, destinations []string) *message.Encoder {
	t.Helper()
	o := routing.Options{Unmatched: "drop"}
	var names []message.Destination
	for _, d := range destinations {
		o.Destinations = append(o.Destinations, routing.Destination{Name: d})
		names = append(names, message.Destination{Name: d, Profile: sqs.Profile, Isolated: d >= "x"})
	}
	switch targets {
	case "":
	case "!":
		o.Unmatched = "dead_letter"
	default:
		o.Rules = []routing.Rule{{Name: "r", To: strings.Split(targets, "")}}
	}
	table, err := routing.Compile(o)
	if err != nil {
		t.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return message.NewEncoder(table, correlation, names)
}

// inGroup is the pipeline of a group, which names where it places deliveries.
type inGroup struct {
	*Pipeline
	names []string
}

// rulesIn returns that of a group, with lanes that nothing is handed to: of a, b, c the shared one, of x, y, z one each.
func rulesIn(t *testing.T, g, targets string, destinations []string, earlier ...EarlierOptions) inGroup {
	t.Helper()
	lanes, standIns := make([]*delivery.Lane, len(destinations)), make([]*delivery.Lane, len(destinations))
	for i, d := range destinations {
		switch {
		case g == "g."+d || g == "g" && d < "x":
			lanes[i] = &delivery.Lane{}
		case g == "g":
			standIns[i] = &delivery.Lane{}
		}
	}
	return inGroup{New(Options{
		Group: g, Encoder: encoderOf(t, targets, destinations), Lanes: lanes, StandIns: standIns,
		Earlier: earlier, Reading: readAs(t, codec.FormatBytes), Secondary: g != "g",
		Observer: telemetry.New(&bridgetest.Health{}, prometheus.NewRegistry(), zap.NewNop()),
	}), destinations}
}

// routed returns where the record at an offset goes.
func (p inGroup) routed(offset int64, reach progress.Progress) (to []string) {
	part := offsets.NewTracker("t", 0, offsets.TopicIdentity{}, offsets.NewWindow(10, 1000))
	p.entries, p.ready = []offsets.Entry{{}}, nil
	p.from = source{origin: &part.Origin, reach: reach, to: part, earlier: p.earlierOf(part)}
	p.route(&kgo.Record{Topic: "t", Offset: offset, Value: []byte("v")})
	for _, at := range p.ready {
		name := "!"
		if at.lane >= 0 {
			name = p.names[at.lane%len(p.names)]
		}
		to = append(to, fmt.Sprintf("%s>%s", p.Group, name))
	}
	return to
}
