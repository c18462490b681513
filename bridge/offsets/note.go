package offsets

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// A note stands with an offset, as the metadata of its commit:
//
//	sluice CLUSTER.TOPIC {"v":2,"rest":9,"done":{"NAME":9},"away":{"NAME":9},"at":["PLACE"]}
//
// the mark of the topic ("sluice -" where it has none), and as JSON what the offset does not say: see
// Reach. The places stand in the order of the names under away. Instances of different versions share a
// group: what one of them does not know it ignores, as long as the version stays. A later version that
// cannot be read so keeps the place of the mark and of "v".

// noteVersion is that of the notes that are written. Version 1 has neither "v" nor "at".
const noteVersion = 2

type note struct {
	Version int              `json:"v"`
	Rest    int64            `json:"rest,omitempty"`
	Done    map[string]int64 `json:"done,omitempty"`
	Away    map[string]int64 `json:"away,omitempty"`
	At      []Place          `json:"at,omitempty"`
}

// maxNote is the most that a broker takes with an offset, in bytes (offset.metadata.max.bytes, by default).
const maxNote = 4096

// unmarked stands for the mark of a topic that has none.
const unmarked = markPrefix + "-"

// Note returns what a commit of the mark carries. Where there is no room for how far single destinations
// are done beyond the mark, that is left out: they get the records behind the mark again.
func (r Reach) Note(topic Origin, mark int64) string {
	passed := r.Rest <= mark
	for _, at := range r.Done {
		passed = passed && at <= mark
	}
	if passed {
		return r.apart().write(topic)
	}
	if text := r.write(topic); len(text) <= maxNote {
		return text
	}
	return r.apart().write(topic)
}

// noteStale returns the mark from which on the note says something else than at this one: where the last
// destination is done that was not.
func (r Reach) noteStale(mark int64) int64 {
	stale := r.Rest
	for _, at := range r.Done {
		stale = max(stale, at)
	}
	if stale <= mark {
		return math.MaxInt64
	}
	return stale
}

// apart returns what is to be known of a partition in which all are done up to the mark.
func (r Reach) apart() Reach { return Reach{Away: r.Away, Places: r.Places} }

func (r Reach) write(topic Origin) string {
	n := note{Version: noteVersion, Rest: r.Rest, Done: r.Done, Away: r.Away}
	if len(r.Places) > 0 {
		for _, d := range slices.Sorted(maps.Keys(r.Away)) {
			n.At = append(n.At, r.Places[d])
		}
	}
	said, _ := json.Marshal(n) // of which nothing can fail
	return cmp.Or(topic.Mark(), unmarked) + " " + string(said)
}

// Fit makes room for the destinations that are away: of those that only may stay, the ones that have
// been away the longest are taken out, and returned. Room says whether there is any for how far
// single destinations are done as well.
func (r Reach) Fit(topic Origin, stay func(destination string) bool) (fitting Reach, out []string, room bool) {
	away := maps.Clone(r.Away)
	r.Away = away
	leavers := slices.DeleteFunc(slices.Sorted(maps.Keys(away)), stay)
	slices.SortStableFunc(leavers, func(a, b string) int { return cmp.Compare(away[a], away[b]) })
	for len(r.apart().write(topic)) > maxNote && len(leavers) > 0 {
		delete(away, leavers[0])
		out, leavers = append(out, leavers[0]), leavers[1:]
	}
	return r, out, len(r.write(topic)) <= maxNote
}

// ParseReach reads a note. It reports false for one that says nothing, and for a commit of somebody
// else, a tool that resets offsets for one: which destinations were away is not known then.
func ParseReach(text string) (r Reach, ok bool) {
	said, ok := said(text)
	var n note
	if !ok || json.Unmarshal([]byte(said), &n) != nil || n.Version > noteVersion {
		return Reach{}, false
	}
	r = Reach{Rest: n.Rest, Done: n.Done, Away: n.Away}
	if names := slices.Sorted(maps.Keys(n.Away)); len(n.At) == len(names) && len(names) > 0 {
		r.Places = map[string]Place{}
		for i, d := range names {
			r.Places[d] = n.At[i]
		}
	}
	return r, true
}

// said returns the JSON of a note.
func said(text string) (string, bool) {
	text, ok := strings.CutPrefix(text, markPrefix)
	_, said, _ := strings.Cut(text, " ")
	return said, ok
}

// NewerNote is the error for a note that only a later version of the bridge can read.
type NewerNote struct{ Version int }

func (e *NewerNote) Error() string {
	return fmt.Sprintf("its note has format %d, and this version of Sluice reads up to %d", e.Version, noteVersion)
}

// CheckNote returns a *NewerNote for a note of a later version: to take it for none would send records
// again, or pass over what a destination is owed.
func CheckNote(text string) error {
	said, ok := said(text)
	var n struct {
		Version int `json:"v"`
	}
	if ok && json.Unmarshal([]byte(said), &n) == nil && n.Version > noteVersion {
		return &NewerNote{n.Version}
	}
	return nil
}
