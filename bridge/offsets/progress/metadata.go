package progress

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
// Progress. The resources stand in the order of the names under away. Instances of different versions share a
// group: what one of them does not know it ignores, as long as the version stays. A later version that
// cannot be read so keeps the place of the mark and of "v".

// version is that of the notes that are written. Version 1 has neither "v" nor "at".
const version = 2

// metadata is what stands with an offset, as JSON.
type metadata struct {
	Version int              `json:"v"`
	Rest    int64            `json:"rest,omitempty"`
	Done    map[string]int64 `json:"done,omitempty"`
	Away    map[string]int64 `json:"away,omitempty"`
	At      []ResourceID     `json:"at,omitempty"`
}

// maxBytes is the most that a broker takes with an offset, in bytes (offset.metadata.max.bytes, by default).
const maxBytes = 4096

// TopicPrefix begins all that stands with an offset: the fingerprint of its topic comes first.
const TopicPrefix = "sluice "

// noFingerprint stands for the fingerprint of a topic that has none.
const noFingerprint = TopicPrefix + "-"

// Metadata returns what a commit of the mark carries; topic is the mark of the topic, empty where it has none. Where there
// is no room for how far single destinations are done beyond the mark, that is left out: they get the records behind the
// mark again.
func (r Progress) Metadata(topic string, mark int64) string {
	passed := r.Default <= mark
	for _, at := range r.Done {
		passed = passed && at <= mark
	}
	if passed {
		return r.apart().write(topic)
	}
	if text := r.write(topic); len(text) <= maxBytes {
		return text
	}
	return r.apart().write(topic)
}

// StaleAt returns the mark from which on the note says something else than at this one: where the last
// destination is done that was not.
func (r Progress) StaleAt(mark int64) int64 {
	stale := r.Default
	for _, at := range r.Done {
		stale = max(stale, at)
	}
	if stale <= mark {
		return math.MaxInt64
	}
	return stale
}

// apart returns what is to be known of a partition in which all are done up to the mark.
func (r Progress) apart() Progress { return Progress{Isolated: r.Isolated, Resources: r.Resources} }

func (r Progress) write(topic string) string {
	n := metadata{Version: version, Rest: r.Default, Done: r.Done, Away: r.Isolated}
	if len(r.Resources) > 0 {
		for _, d := range slices.Sorted(maps.Keys(r.Isolated)) {
			n.At = append(n.At, r.Resources[d])
		}
	}
	said, _ := json.Marshal(n) // of which nothing can fail
	return cmp.Or(topic, noFingerprint) + " " + string(said)
}

// Fit makes room for the destinations that are away: of those that only may stay, the ones that have
// been away the longest are taken out, and returned. Room says whether there is any for how far
// single destinations are done as well.
func (r Progress) Fit(topic string, stay func(destination string) bool) (fitting Progress, out []string, room bool) {
	away := maps.Clone(r.Isolated)
	r.Isolated = away
	leavers := slices.DeleteFunc(slices.Sorted(maps.Keys(away)), stay)
	slices.SortStableFunc(leavers, func(a, b string) int { return cmp.Compare(away[a], away[b]) })
	for len(r.apart().write(topic)) > maxBytes && len(leavers) > 0 {
		delete(away, leavers[0])
		out, leavers = append(out, leavers[0]), leavers[1:]
	}
	return r, out, len(r.write(topic)) <= maxBytes
}

// Parse reads a note. It reports false for one that says nothing, and for a commit of somebody
// else, a tool that resets offsets for one: which destinations were away is not known then.
func Parse(text string) (r Progress, ok bool) {
	said, ok := jsonOf(text)
	var n metadata
	if !ok || json.Unmarshal([]byte(said), &n) != nil || n.Version > version {
		return Progress{}, false
	}
	r = Progress{Default: n.Rest, Done: n.Done, Isolated: n.Away}
	if names := slices.Sorted(maps.Keys(n.Away)); len(n.At) == len(names) && len(names) > 0 {
		r.Resources = map[string]ResourceID{}
		for i, d := range names {
			r.Resources[d] = n.At[i]
		}
	}
	return r, true
}

// jsonOf returns the JSON of a note.
func jsonOf(text string) (string, bool) {
	text, ok := strings.CutPrefix(text, TopicPrefix)
	_, said, _ := strings.Cut(text, " ")
	return said, ok
}

// NewerVersion is the error for a note that only a later version of the bridge can read.
type NewerVersion struct{ Version int }

func (e *NewerVersion) Error() string {
	return fmt.Sprintf("its note has format %d, and this version of Sluice reads up to %d", e.Version, version)
}

// CheckVersion returns a [NewerVersion] for a note of a later version: to take it for none would send records
// again, or pass over what a destination is owed.
func CheckVersion(text string) error {
	said, ok := jsonOf(text)
	var n struct {
		Version int `json:"v"`
	}
	if ok && json.Unmarshal([]byte(said), &n) == nil && n.Version > version {
		return &NewerVersion{n.Version}
	}
	return nil
}
