package match

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Explain says why the event that the finder has read does not match: the field that failed first in the order of the
// file, as in "match.total" and "headers.tenant", and what is there instead. Of several alternatives it goes by the one
// of which fewest fields failed, and most matched. Without a reason it is that the value is no object.
func (p *Pattern) Explain(f *Finder, doc []byte, headers []kgo.RecordHeader) (part, reason string) {
	var closest []*Field
	fewest, most := -1, 0
	for _, b := range p.branches {
		fields := p.written(b)
		failed := slices.DeleteFunc(slices.Clone(fields), func(at *Field) bool {
			return (at.header || f.object) && at.matchAny(f.extraction)
		})
		if fewest < 0 || len(failed) < fewest || len(failed) == fewest && len(fields) > most {
			fewest, most, closest = len(failed), len(fields), failed
			if fewest == 0 {
				closest = p.apart(fields, f)
			}
		}
	}
	switch {
	case len(closest) == 0 || !closest[0].header && !f.object:
		return "match", ""
	case closest[0].header:
		part, reason = "headers."+closest[0].name, headersFound(headers, closest[0].name)
	default:
		part, reason = "match."+closest[0].name, valuesFound(doc, closest[0].path)
		if fewest == 0 {
			reason += closest[0].elsewhere(f.extraction)
		}
	}
	if len(p.branches) > 1 {
		reason += " (in the alternative that came closest)"
	}
	return part, reason
}

// written returns the fields in the order of the file.
func (p *Pattern) written(b Branch) []*Field {
	fields := make([]*Field, len(b))
	for i := range b {
		fields[i] = &b[i]
	}
	slices.SortStableFunc(fields, func(x, y *Field) int { return p.order[x.location] - p.order[y.location] })
	return fields
}

// apart returns the first field that matches, but not together with those before it.
func (p *Pattern) apart(fields []*Field, f *Finder) []*Field {
	var together Branch
	for i, at := range fields {
		together = append(together, *at)
		SortFields(together)
		a := alternative{object: p.object, fields: together}
		if ok, err := a.matches(f); !ok && err == nil {
			return fields[i:]
		}
	}
	return nil
}

// elsewhere says of a field that can match, alone, why it does not with those before it.
func (f *Field) elsewhere(x *extraction) string {
	for j := x.heads[f.slot]; j >= 0; j = x.values[j].next {
		if f.match(&x.values[j]) {
			return "; each field matches, but not all in the same element of an array"
		}
	}
	return "; in an array it counts as absent only in an element where the other fields match, one of them of a name before it in alphabetical order"
}
