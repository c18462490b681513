package progress_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// What a commit carries is what is read from it, as long as the mark has not passed it. Other versions read
// these bytes.
func TestNoteIsReadAsItWasWritten(t *testing.T) {
	topic := offsets.NewTopicIdentity("MkU3OEVBNTcwNTJENDM2Qk", "orders", [16]byte{1, 2, 3})
	all := progress.Progress{Default: 1000, Done: map[string]int64{"ledger": 120, "alerts": 1200}, Isolated: map[string]int64{"audit": 7, "books": 9},
		Resources: map[string]progress.ResourceID{"audit": progress.NewResourceID("sqs", "eu-west-1", "111122223333", "audit.fifo"), "books": progress.NewResourceID("sqs", "eu-west-1", "", "books")}}
	for _, c := range []struct {
		reach progress.Progress
		mark  int64
		want  string
	}{
		{progress.Progress{}, 5, `{"v":2}`},
		{progress.Progress{Default: 5}, 5, `{"v":2}`},
		{progress.Progress{Default: 6}, 5, `{"v":2,"rest":6}`},
		{progress.Progress{Isolated: map[string]int64{"audit": 7}}, 5, `{"v":2,"away":{"audit":7}}`},
		{all, 120, `{"v":2,"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7,"books":9},"at":["Gv3wtt29.rrIh","GqnEzpNc"]}`},
		{all, 1000, `{"v":2,"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7,"books":9},"at":["Gv3wtt29.rrIh","GqnEzpNc"]}`},
		{all, 1200, `{"v":2,"away":{"audit":7,"books":9},"at":["Gv3wtt29.rrIh","GqnEzpNc"]}`},
	} {
		for origin, mark := range map[offsets.TopicIdentity]string{topic: "sluice MkU3OEVBNTcwNTJENDM2Qk.AQIDAAAAAAAAAAAAAAAAAA ", {}: "sluice - "} {
			text := c.reach.Metadata(origin.Fingerprint(), c.mark)
			if text != mark+c.want {
				t.Errorf("%+v at %d: %s; want %s", c.reach, c.mark, text, mark+c.want)
			}
			read, ok := progress.Parse(text)
			if !ok || progress.CheckVersion(text) != nil {
				t.Errorf("%s is not read", text)
			}
			if !reflect.DeepEqual(read.Resources, c.reach.Resources) {
				t.Errorf("%s: places %v", text, read.Resources)
			}
			for _, d := range []string{"ledger", "alerts", "audit", "other"} {
				if got, want := read.Of(d, c.mark), c.reach.Of(d, c.mark); got != want {
					t.Errorf("%s at %d: %s is done to %d; want %d", text, c.mark, d, got, want)
				}
			}
		}
	}
}

// Notes of the first version are read, which has neither a number nor places.
func TestNoteOfTheFirstVersionIsRead(t *testing.T) {
	for text, want := range map[string]progress.Progress{
		"sluice - {}":           {},
		`sluice c.t {"rest":6}`: {Default: 6},
		`sluice - {"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7}}`: {
			Default: 1000, Done: map[string]int64{"alerts": 1200, "ledger": 120}, Isolated: map[string]int64{"audit": 7}},
	} {
		if got, ok := progress.Parse(text); !ok || progress.CheckVersion(text) != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %+v", text, got)
		}
	}
}

// The first version reads what this one writes, but for the places.
func TestNoteIsReadByTheFirstVersion(t *testing.T) {
	want := progress.Progress{Default: 9, Done: map[string]int64{"a": 3}, Isolated: map[string]int64{"b": 4}}
	now := want
	now.Resources = map[string]progress.ResourceID{"b": progress.NewResourceID("sqs", "r", "1", "q")}
	_, said, _ := strings.Cut(strings.TrimPrefix(now.Metadata("", 0), "sluice "), " ")
	var first struct {
		Rest int64            `json:"rest,omitempty"`
		Done map[string]int64 `json:"done,omitempty"`
		Away map[string]int64 `json:"away,omitempty"`
	}
	if err := json.Unmarshal([]byte(said), &first); err != nil {
		t.Fatal(err)
	}
	if got := (progress.Progress{Default: first.Rest, Done: first.Done, Isolated: first.Away}); !reflect.DeepEqual(got, want) {
		t.Errorf("it reads %+v", got)
	}
}

// What others put beside an offset says nothing.
func TestNoteOfAnotherProgramIsNotRead(t *testing.T) {
	for _, text := range []string{"", "sluice-5d1f", "sluice - {", `sluice/2 {"rest":1}`, "sluice c.t"} {
		if r, ok := progress.Parse(text); ok || progress.CheckVersion(text) != nil {
			t.Errorf("%q is read as %+v", text, r)
		}
	}
}

// A note of a later version is not taken for none, whatever else has changed in it.
func TestNoteOfALaterVersionIsRefused(t *testing.T) {
	for _, text := range []string{`sluice c.t {"v":3,"away":{"audit":7}}`, `sluice - {"away":[["audit",7]],"v":3}`} {
		var newer *progress.NewerVersion
		if err := progress.CheckVersion(text); !errors.As(err, &newer) || newer.Version != 3 {
			t.Errorf("%q: %v", text, err)
		}
		if r, ok := progress.Parse(text); ok {
			t.Errorf("%q is read as %+v", text, r)
		}
	}
}

// Where brokers would not take a note, what is done beyond the mark is left out, and of those that are away
// the ones that may go, the longest away first.
func TestNoteWithoutRoomLeavesSomeOut(t *testing.T) {
	topic := offsets.NewTopicIdentity("c", "t", [16]byte{1})
	r := progress.Progress{Default: 1 << 40, Done: map[string]int64{}, Isolated: map[string]int64{}, Resources: map[string]progress.ResourceID{}}
	for i := range 60 {
		d := fmt.Sprintf("destination-%02d", i)
		r.Isolated[d], r.Resources[d] = int64(i), progress.NewResourceID("sqs", "eu-west-1", "1", d)
		r.Done["done-"+d] = 1 << 41
	}
	text := r.Metadata(topic.Fingerprint(), 5)
	read, ok := progress.Parse(text)
	if !ok || len(text) > 4096 || len(read.Isolated) != 60 || len(read.Done) > 0 || read.Default != 0 {
		t.Errorf("%d bytes: %s", len(text), text)
	}
	if fitting, out, room := r.Fit(topic.Fingerprint(), func(string) bool { return true }); room || len(out) > 0 || len(fitting.Isolated) != 60 {
		t.Errorf("taken out: %v, room: %v", out, room)
	}
	for i := 60; i < 200; i++ {
		r.Isolated[fmt.Sprintf("destination-%02d", i)] = int64(i)
	}
	fitting, out, _ := r.Fit(topic.Fingerprint(), func(d string) bool { return d == "destination-00" })
	text = fitting.Metadata(topic.Fingerprint(), 1<<50)
	if len(text) > 4096 || len(text) < 4000 || len(out)+len(fitting.Isolated) != 200 || len(r.Isolated) != 200 {
		t.Errorf("%d bytes, %d taken out, %d left", len(text), len(out), len(fitting.Isolated))
	}
	if _, stays := fitting.Isolated["destination-00"]; !stays || out[0] != "destination-01" || !strings.Contains(text, "destination-199") {
		t.Errorf("taken out: %v", out)
	}
}

func TestResourcesAreTheSameWhereAnAccountIsUnknown(t *testing.T) {
	known, unknown := progress.NewResourceID("sqs", "r", "1", "q"), progress.NewResourceID("sqs", "r", "", "q")
	for _, c := range []struct {
		a, b progress.ResourceID
		want bool
	}{
		{known, known, true},
		{known, unknown, true},
		{unknown, known, true},
		{known, progress.NewResourceID("sqs", "r", "2", "q"), false},
		{known, progress.NewResourceID("sns", "r", "1", "q"), false},
		{known, progress.NewResourceID("sqs", "s", "1", "q"), false},
		{known, progress.NewResourceID("sqs", "r", "1", "p"), false},
		{known, "", false},
		{"", "", false},
	} {
		if c.a.Same(c.b) != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, !c.want)
		}
	}
}
