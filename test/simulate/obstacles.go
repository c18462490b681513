package simulate

import (
	"fmt"
	"slices"
	"time"
)

// registryFault is what a failure of the schema registry is called.
const registryFault = "schema registry"

// obstructed says whether something in the log itself has held up a record of a partition since a time: a
// transaction, a batch that is read alone or not at all, or a schema that cannot be asked for.
func (l *ledger) obstructed(r *record, since time.Time) bool {
	if l.schemad(r) && l.faulty(registryFault, since) != nil {
		return true
	}
	return slices.ContainsFunc(l.records, func(o *record) bool {
		if o.topic != r.topic || o.partition != r.partition || o.offset > r.offset {
			return false
		}
		return o.txn != nil && (o.txn.ended.IsZero() || o.txn.ended.After(since)) ||
			o.hostile() && (o.letters[""].IsZero() || o.letters[""].After(since))
	})
}

// schemad says whether a record may be one of a topic with schemas.
func (l *ledger) schemad(r *record) bool {
	return slices.ContainsFunc(l.window(r), func(s *Setup) bool { return hasSchemas(s.Reads[r.topic].Format) })
}

// hostile says whether a record stands for a batch that is not read, or with much memory only.
func (r *record) hostile() bool { return r.unpacked > 0 || r.damage != "" }

// hidden says whether a record is behind one whose transaction is open: who reads what is committed does not see
// it yet.
func (l *ledger) hidden(r *record) bool {
	return slices.ContainsFunc(l.txns, func(t *transaction) bool {
		if !t.ended.IsZero() {
			return false
		}
		first, ok := t.first[partition{r.topic, r.partition}]
		return ok && first <= r.offset
	})
}

// uncertain says whether nobody can say since when what is behind a transaction of a partition, named "of
// TOPIC/PARTITION", is seen: one is open, or has been.
func (l *ledger) uncertain(name string, since time.Time) bool {
	return slices.ContainsFunc(l.txns, func(t *transaction) bool {
		if !t.ended.IsZero() && t.ended.Before(since) {
			return false
		}
		for p := range t.first {
			if name == fmt.Sprintf("of %s/%d", p.topic, p.id) {
				return true
			}
		}
		return false
	})
}

// letterWaits says whether the dead letter of a record may wait where such go though nothing is wrong there: it may be
// larger than the place takes, or follow one that is, and waits, in its message group.
func (l *ledger) letterWaits(r *record) bool {
	for i := range l.reigns {
		s := &l.reigns[i].setup
		d := s.destination(s.Letters)
		if d == nil {
			continue
		}
		most := l.limits[d.Place]
		if r.letterAbove(most) || d.fifo() && slices.ContainsFunc(l.open, func(o *record) bool { return o.letterAbove(most) && o.group() == r.group() }) {
			return true
		}
	}
	return false
}

// outlived says whether a group may have read a record of a partition before retention deleted it, and wait with it: its
// dead letter does not fit.
func (l *ledger) outlived(c claim) bool {
	return slices.ContainsFunc(l.uncommitted(c), func(r *record) bool {
		return !r.expired.IsZero() && l.letterWaits(r) && slices.ContainsFunc(l.missing(r), func(d debt) bool { return d.group == c.group })
	})
}

// behindLetter says whether a record may wait at a place in its message group behind a dead letter that does not fit
// there: such a letter holds up its group (docs/operations.md, "When one message is refused").
func (l *ledger) behindLetter(r *record, place string) bool {
	letters := func(s *Setup) bool {
		d := s.destination(s.Letters)
		return d != nil && d.Place == place && d.fifo()
	}
	return slices.ContainsFunc(l.reigns, func(g reign) bool { return letters(&g.setup) }) && slices.ContainsFunc(l.open, func(o *record) bool {
		return o.letterAbove(l.limits[place]) && o.group() == r.group() &&
			slices.ContainsFunc(l.owes(o), func(d debt) bool { return d.place == "" || l.dying(o, d.place) })
	})
}

// letterAbove says whether the dead letter of a record may have more than so many bytes.
func (r *record) letterAbove(most int) bool {
	const around = 2000
	return (len(r.key)+len(r.value))*4/3+around > most
}
