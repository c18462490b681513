package message

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/routing"
)

// provenance appends the record's key and trace context, and the headers that are forwarded. What
// does not fit into the ten slots, or cannot be an attribute, is folded into one, a JSON object;
// configuration is checked to leave that slot. The mark of a replay has the slot of the time then,
// which comes first among what may be folded.
func provenance(attrs []Attribute, st *RecordInfo, headers []kgo.RecordHeader, dest *Destination, configured []routing.Attribute) []Attribute {
	var space [maxOwn]Attribute
	own := space[:0]
	if st.replayed {
		own = dest.attach(own, attribute.KafkaTimestamp, st.timestamp)
	}
	own = dest.attach(own, attribute.KafkaKey, st.key)
	own = dest.attach(own, attribute.Traceparent, st.traceparent)
	attrs, rest := dest.separate(attrs, nil)
	own, rest = dest.separate(own, rest)
	var candidates []candidate
	if dest.Headers != nil && len(headers) > 0 {
		candidates = forwarded(st, headers, dest, configured)
	}
	single := 0
	for i := range candidates {
		if candidates[i].attribute != "" {
			single++
		}
	}
	free := dest.Profile.Attributes - len(attrs)
	if len(rest) > 0 || single < len(candidates) || len(own)+single > free {
		free-- // of what is folded
	}
	n := min(len(own), free)
	attrs, free = append(attrs, own[:n]...), free-n
	for _, a := range own[n:] {
		rest = append(rest, a.group())
	}
	ours := len(rest)
	for i := range candidates {
		c := &candidates[i]
		if c.attribute != "" && free > 0 {
			attrs, free = append(attrs, Attribute{c.attribute, string(c.values[0])}), free-1
			continue
		}
		rest = appendFolded(rest, ours, c.headerGroup)
	}
	return dest.fold(attrs, rest)
}

// maxOwn is how many attributes of the bridge's own may be folded for want of a slot.
const maxOwn = 3

// candidate is a forwarded header and the attribute that it may become; "" where it is folded.
type candidate struct {
	headerGroup
	attribute string
}

// forwarded returns the headers that are let through. One becomes an attribute where its name can
// be that of one, is not repeated and no other header's, and its value can be sent.
func forwarded(st *RecordInfo, headers []kgo.RecordHeader, dest *Destination, configured []routing.Attribute) []candidate {
	groups := groupHeaders(headers, dest.Headers.allows)
	candidates := make([]candidate, 0, len(groups))
	names := make(map[string]int, len(groups))
	for _, g := range groups {
		if g.name == attribute.Traceparent && len(g.values) == 1 && st.traceparent != "" && !slices.Contains(dest.Omit, attribute.Traceparent) {
			continue // it is attached
		}
		c := candidate{headerGroup: g}
		if len(g.values) == 1 && len(g.values[0]) > 0 && sendable(g.values[0]) && takes(dest, g.values[0]) {
			if c.attribute = attributeName(g.name, configured); c.attribute != "" {
				names[c.attribute]++
			}
		}
		candidates = append(candidates, c)
	}
	for i := range candidates {
		// Both of two that would share a name are folded, whichever comes first.
		if names[candidates[i].attribute] > 1 {
			candidates[i].attribute = ""
		}
	}
	return candidates
}

// appendFolded adds a header to those that are folded. One may be called like what stands before them, which
// the bridge or the configuration attaches.
func appendFolded(rest []headerGroup, ours int, g headerGroup) []headerGroup {
	for i := range ours {
		switch {
		case rest[i].name != g.name:
		case g.name == attribute.Traceparent:
			rest[i].values = g.values // which holds it
			return rest
		default:
			rest[i].values = append(rest[i].values, g.values...)
			return rest
		}
	}
	return append(rest, g)
}
