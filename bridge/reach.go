package bridge

import (
	"cmp"
	"encoding/json"
	"math"
	"strings"
)

// Reach says how far destinations are done in one partition where the shared group's mark does not
// say it: a destination that has a consumer group of its own stays where that group took over, and
// one that had such a group may be behind the others, or before them, when the shared group takes
// it back. The commits of the shared group carry it, so that it holds over restarts and for other
// instances. The zero Reach means that all destinations are done up to the mark.
type Reach struct {
	// Rest is the offset from which on records go to the destinations that Done does not name, and
	// come to whatever else becomes of them.
	Rest int64 `json:"rest,omitempty"`
	// Done is the same for single destinations.
	Done map[string]int64 `json:"done,omitempty"`
	// Away are the destinations that have a consumer group of their own, with the offset from which
	// on that sends.
	Away map[string]int64 `json:"away,omitempty"`
}

// from returns the offset of the first record that goes to a destination of this group.
func (r Reach) from(destination string) int64 {
	if at, ok := r.Done[destination]; ok {
		return at
	}
	return r.Rest
}

// Of returns how far a destination is done in a partition whose mark is at an offset.
func (r Reach) Of(destination string, mark int64) int64 {
	if at, ok := r.Away[destination]; ok {
		return at
	}
	return max(mark, r.from(destination))
}

// Back returns the reach of a partition that has lost its records from an offset on: of those that
// have come in their place nothing is done.
func (r Reach) Back(offset int64) Reach {
	lower := func(of map[string]int64) map[string]int64 {
		back := make(map[string]int64, len(of))
		for d, at := range of {
			back[d] = min(at, offset)
		}
		return back
	}
	return Reach{Rest: min(r.Rest, offset), Done: lower(r.Done), Away: lower(r.Away)}
}

// maxNote is the most that a broker takes with an offset (offset.metadata.max.bytes).
const maxNote = 4096

// unmarked stands for the mark of a topic that has none.
const unmarked = markPrefix + "-"

// Note returns what a commit of the mark carries: the mark of the topic, and as JSON what the offset
// does not say. Where that would be too long it is left out, and ParseReach reads nothing.
func (r Reach) Note(topic Origin, mark int64) string {
	passed := r.Rest <= mark
	for _, at := range r.Done {
		passed = passed && at <= mark
	}
	if passed {
		r.Rest, r.Done = 0, nil
	}
	said, err := json.Marshal(r)
	note := cmp.Or(topic.Mark(), unmarked) + " " + string(said)
	if err != nil || len(note) > maxNote {
		return topic.Mark()
	}
	return note
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

// ParseReach reads a note. It reports false for one that says nothing, and for a commit of somebody
// else, a tool that resets offsets for one: which destinations were away is not known then.
func ParseReach(note string) (r Reach, ok bool) {
	note, ok = strings.CutPrefix(note, markPrefix)
	_, said, _ := strings.Cut(note, " ")
	if !ok || json.Unmarshal([]byte(said), &r) != nil {
		return Reach{}, false
	}
	return r, true
}
