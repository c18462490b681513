package offsets

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// What a commit carries is what is read from it, as long as the mark has not passed it. Other versions read
// these bytes.
func TestNoteIsReadAsItWasWritten(t *testing.T) {
	topic := NewOrigin("MkU3OEVBNTcwNTJENDM2Qk", "orders", [16]byte{1, 2, 3})
	all := Reach{Rest: 1000, Done: map[string]int64{"ledger": 120, "alerts": 1200}, Away: map[string]int64{"audit": 7, "books": 9},
		Places: map[string]Place{"audit": NewPlace("sqs", "eu-west-1", "111122223333", "audit.fifo"), "books": NewPlace("sqs", "eu-west-1", "", "books")}}
	for _, c := range []struct {
		reach Reach
		mark  int64
		want  string
	}{
		{Reach{}, 5, `{"v":2}`},
		{Reach{Rest: 5}, 5, `{"v":2}`},
		{Reach{Rest: 6}, 5, `{"v":2,"rest":6}`},
		{Reach{Away: map[string]int64{"audit": 7}}, 5, `{"v":2,"away":{"audit":7}}`},
		{all, 120, `{"v":2,"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7,"books":9},"at":["Gv3wtt29.rrIh","GqnEzpNc"]}`},
		{all, 1000, `{"v":2,"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7,"books":9},"at":["Gv3wtt29.rrIh","GqnEzpNc"]}`},
		{all, 1200, `{"v":2,"away":{"audit":7,"books":9},"at":["Gv3wtt29.rrIh","GqnEzpNc"]}`},
	} {
		for origin, mark := range map[Origin]string{topic: "sluice MkU3OEVBNTcwNTJENDM2Qk.AQIDAAAAAAAAAAAAAAAAAA ", {}: "sluice - "} {
			text := c.reach.Note(origin, c.mark)
			if text != mark+c.want {
				t.Errorf("%+v at %d: %s; want %s", c.reach, c.mark, text, mark+c.want)
			}
			read, ok := ParseReach(text)
			if !ok || CheckNote(text) != nil {
				t.Errorf("%s is not read", text)
			}
			if !reflect.DeepEqual(read.Places, c.reach.Places) {
				t.Errorf("%s: places %v", text, read.Places)
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
	for text, want := range map[string]Reach{
		"sluice - {}":           {},
		`sluice c.t {"rest":6}`: {Rest: 6},
		`sluice - {"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7}}`: {
			Rest: 1000, Done: map[string]int64{"alerts": 1200, "ledger": 120}, Away: map[string]int64{"audit": 7}},
	} {
		if got, ok := ParseReach(text); !ok || CheckNote(text) != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %+v", text, got)
		}
	}
}

// The first version reads what this one writes, but for the places.
func TestNoteIsReadByTheFirstVersion(t *testing.T) {
	want := Reach{Rest: 9, Done: map[string]int64{"a": 3}, Away: map[string]int64{"b": 4}}
	now := want
	now.Places = map[string]Place{"b": NewPlace("sqs", "r", "1", "q")}
	_, said, _ := strings.Cut(strings.TrimPrefix(now.Note(Origin{}, 0), "sluice "), " ")
	var first struct {
		Rest int64            `json:"rest,omitempty"`
		Done map[string]int64 `json:"done,omitempty"`
		Away map[string]int64 `json:"away,omitempty"`
	}
	if err := json.Unmarshal([]byte(said), &first); err != nil {
		t.Fatal(err)
	}
	if got := (Reach{Rest: first.Rest, Done: first.Done, Away: first.Away}); !reflect.DeepEqual(got, want) {
		t.Errorf("it reads %+v", got)
	}
}

// What others put beside an offset says nothing.
func TestNoteOfAnotherProgramIsNotRead(t *testing.T) {
	for _, text := range []string{"", "sluice-5d1f", "sluice - {", `sluice/2 {"rest":1}`, "sluice c.t"} {
		if r, ok := ParseReach(text); ok || CheckNote(text) != nil {
			t.Errorf("%q is read as %+v", text, r)
		}
	}
}

// A note of a later version is not taken for none, whatever else has changed in it.
func TestNoteOfALaterVersionIsRefused(t *testing.T) {
	for _, text := range []string{`sluice c.t {"v":3,"away":{"audit":7}}`, `sluice - {"away":[["audit",7]],"v":3}`} {
		var newer *NewerNote
		if err := CheckNote(text); !errors.As(err, &newer) || newer.Version != 3 {
			t.Errorf("%q: %v", text, err)
		}
		if r, ok := ParseReach(text); ok {
			t.Errorf("%q is read as %+v", text, r)
		}
	}
}

// Where brokers would not take a note, what is done beyond the mark is left out, and of those that are away
// the ones that may go, the longest away first.
func TestNoteWithoutRoomLeavesSomeOut(t *testing.T) {
	topic := NewOrigin("c", "t", [16]byte{1})
	r := Reach{Rest: 1 << 40, Done: map[string]int64{}, Away: map[string]int64{}, Places: map[string]Place{}}
	for i := range 60 {
		d := fmt.Sprintf("destination-%02d", i)
		r.Away[d], r.Places[d] = int64(i), NewPlace("sqs", "eu-west-1", "1", d)
		r.Done["done-"+d] = 1 << 41
	}
	text := r.Note(topic, 5)
	read, ok := ParseReach(text)
	if !ok || len(text) > 4096 || len(read.Away) != 60 || len(read.Done) > 0 || read.Rest != 0 {
		t.Errorf("%d bytes: %s", len(text), text)
	}
	if fitting, out, room := r.Fit(topic, func(string) bool { return true }); room || len(out) > 0 || len(fitting.Away) != 60 {
		t.Errorf("taken out: %v, room: %v", out, room)
	}
	for i := 60; i < 200; i++ {
		r.Away[fmt.Sprintf("destination-%02d", i)] = int64(i)
	}
	fitting, out, _ := r.Fit(topic, func(d string) bool { return d == "destination-00" })
	text = fitting.Note(topic, 1<<50)
	if len(text) > 4096 || len(text) < 4000 || len(out)+len(fitting.Away) != 200 || len(r.Away) != 200 {
		t.Errorf("%d bytes, %d taken out, %d left", len(text), len(out), len(fitting.Away))
	}
	if _, stays := fitting.Away["destination-00"]; !stays || out[0] != "destination-01" || !strings.Contains(text, "destination-199") {
		t.Errorf("taken out: %v", out)
	}
}

func TestPlacesAreTheSameWhereAnAccountIsUnknown(t *testing.T) {
	known, unknown := NewPlace("sqs", "r", "1", "q"), NewPlace("sqs", "r", "", "q")
	for _, c := range []struct {
		a, b Place
		want bool
	}{
		{known, known, true},
		{known, unknown, true},
		{unknown, known, true},
		{known, NewPlace("sqs", "r", "2", "q"), false},
		{known, NewPlace("sns", "r", "1", "q"), false},
		{known, NewPlace("sqs", "s", "1", "q"), false},
		{known, NewPlace("sqs", "r", "1", "p"), false},
		{known, "", false},
		{"", "", false},
	} {
		if c.a.Same(c.b) != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, !c.want)
		}
	}
}
