package bridge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// What a group does with a record that it reads after the rules have changed: A record that goes from one
// group to another goes, before the offset of the foremost group, where the earlier rules say, in every
// group once; and wherever it stays within a group, the rules of now hold.
func TestEarlierRules(t *testing.T) {
	const foremost = 100
	group := func(destination string) string { // of a, b, c: the shared one; of x, y, z: one each
		if destination >= "x" {
			return "g." + destination
		}
		return "g"
	}
	for _, c := range []struct {
		was, is string // the targets by the earlier rules, and by those of now; "!" is a dead letter
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
			offset int64
			want   string
		}{{foremost - 1, c.before}, {foremost, c.behind}} {
			var got []string
			for _, g := range []string{"g", "g.x", "g.y", "g.z"} {
				p := rulesIn(t, g, c.is, left, group, EarlierOptions{
					Encoder: encoderOf(t, c.was, all), Rules: []string{"r"}, Reading: readAs(t, codec.FormatBytes), Was: group, Home: group,
					Until: func(string, int32) int64 { return foremost },
				})
				got = append(got, p.routed(at.offset)...)
			}
			want := strings.Fields(at.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%q, then %q without %q, at %d: %v, want %v", c.was, c.is, c.gone, at.offset, got, want)
			}
		}
	}
}

// encoderOf sends all records to these destinations.
func encoderOf(t *testing.T, targets string, destinations []string) *Encoder {
	t.Helper()
	o := routing.Options{Unmatched: "drop"}
	var names []Destination
	for _, d := range destinations {
		o.Destinations = append(o.Destinations, routing.Destination{Name: d})
		names = append(names, Destination{Name: d, Service: "sqs"})
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
	return NewEncoder(table, correlation, names)
}

// inGroup is the pipeline of a group, which names where it places deliveries.
type inGroup struct {
	*Pipeline
	names []string
}

// rulesIn returns that of a group, with lanes that nothing is handed to.
func rulesIn(t *testing.T, g, targets string, destinations []string, group func(string) string, earlier EarlierOptions) inGroup {
	t.Helper()
	lanes, standIns := make([]*Lane, len(destinations)), make([]*Lane, len(destinations))
	for i, d := range destinations {
		if group(d) == g {
			lanes[i] = &Lane{}
		} else if g == "g" {
			standIns[i] = &Lane{}
		}
	}
	return inGroup{NewPipeline(PipelineOptions{
		Group: g, Encoder: encoderOf(t, targets, destinations), Rules: []string{"r"}, Lanes: lanes, StandIns: standIns,
		Earlier: []EarlierOptions{earlier}, Reading: readAs(t, codec.FormatBytes), Secondary: g != "g",
		Metrics: NewMetrics(prometheus.NewRegistry()),
	}), destinations}
}

// routed returns where the record at an offset goes.
func (p inGroup) routed(offset int64) (to []string) {
	part := NewPartition("t", 0, Origin{}, NewWindow(10, 1000))
	p.deciding, p.entries = p.earlierOf(part), []settling{{}}
	p.route(part, &kgo.Record{Topic: "t", Offset: offset, Value: []byte("v")}, Reach{})
	for _, at := range p.placed {
		name := "!"
		if at.lane >= 0 {
			name = p.names[at.lane%len(p.names)]
		}
		to = append(to, fmt.Sprintf("%s>%s", p.Group, name))
	}
	return to
}
