package simulate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// arrived notes a message at a place, which may be before its producer is told of the record.
func (l *ledger) arrived(place string, m fake.Message, fifo bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(m.Attributes["correlation_id"].String)
	at, stamp, ok := origin(m)
	if ok && stamp == unstamped && r != nil && l.unstampable(r) {
		stamp = r.stamp
		r.shorn[place] = true
	}
	if r == nil || !ok || r.topic != at.topic || r.partition != at.partition || r.span > 1 {
		l.violate("G7", "%s has a message that is none of ours: %s of %v", place, m.Attributes["correlation_id"].String, at)
		return
	}
	if m.Attributes["replayed"].String != "" {
		l.at(r, at.offset, r.stamp)
		l.arrivedAgain(r, place)
		return
	}
	l.at(r, at.offset, stamp)
	l.saw("arrived", place, int64(r.id), at.offset)
	if fifo && l.arrivedFromLetter(r, place, m) {
		return
	}
	defer func() { r.last[place] = time.Now() }()
	if r.arrivals[place]++; r.arrivals[place] > 1 {
		l.again(r, place, fifo)
		return
	}
	r.first[place] = time.Now()
	if !l.may(r, place) {
		l.unlessRedriven(r, place, "G6", "%s has record %s, which no rule sends there", place, r)
		return
	}
	if differs := l.differs(r, place, m); differs != "" {
		l.violate("G7", "%s has record %s, and %s", place, r, differs)
	}
	if fifo {
		s := stream{place, r.group(), r.topic, r.partition}
		last := l.newest[s]
		if last != nil && r.offset < last.offset && !r.apart(last) && !l.overtaken(r, place) && !l.twofold(place, last.at) {
			l.violate("G3", "%s has record %s after %s of its message group", place, r, last)
		}
		if last == nil || r.offset > last.offset && !last.apart(r) || r.apart(last) && r.era > last.era {
			l.newest[s] = r
		}
	}
}

// origin reads where a message says that its record is, and when it was stamped.
func origin(m fake.Message) (at position, stamp int64, ok bool) {
	at.topic = m.Attributes["kafka_topic"].String
	partition, offset, _ := strings.Cut(m.Attributes["kafka_position"].String, ":")
	p, err := strconv.ParseInt(partition, 10, 32)
	o, again := strconv.ParseInt(offset, 10, 64)
	at.partition, at.offset = int32(p), o
	return at, stampOf(m.Attributes["kafka_timestamp"].String), err == nil && again == nil
}

// stampOf reads a timestamp; unstamped where there is none.
func stampOf(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return unstamped
	}
	return n
}

// unstampable says whether nobody may be able to tell the timestamp of a record: the client cannot hold it, and
// where it is to be read again brokers may fail.
func (l *ledger) unstampable(r *record) bool {
	year2262 := time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	return r.stamp > year2262 && l.disturbed(time.Now().Add(-time.Minute))
}

// of returns the record of a correlation id; nil where there is none.
func (l *ledger) of(id string) *record {
	n := numbered(id)
	if n < 0 || n >= len(l.records) {
		return nil
	}
	return l.records[n]
}

func numbered(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "r"))
	if err != nil {
		return -1
	}
	return n
}

// identify returns the id of the record that is in a message; -1 for none, and for a dead letter.
func identify(attributes map[string]fake.Attribute) int {
	if attributes["dead_letter_reason"].String != "" {
		return -1
	}
	return numbered(attributes["correlation_id"].String)
}

// differs says how a message is not what any configuration that may have been in force makes of its record.
func (l *ledger) differs(r *record, place string, got fake.Message) (how string) {
	for _, s := range l.window(r) {
		if f := s.fate(r); s.shows(r) {
			for _, name := range f.to {
				if d := s.destination(name); d.Place == place {
					want := s.message(r, d)
					if got.Attributes["kafka_timestamp"].String == "" && l.unstampable(r) {
						delete(want.attributes, "kafka_timestamp")
					}
					if how = want.differs(got); how == "" {
						return ""
					}
				}
			}
		}
	}
	for _, run := range l.runs {
		for i := range run.setup.Destinations {
			if d := &run.setup.Destinations[i]; d.Place == place && run.setup.message(r, d).differs(got) == "" {
				return ""
			}
		}
	}
	return how
}

// mostMessage is the size above which no service takes a message, whatever it is raised to.
const mostMessage = 4 << 20

// tooLarge says whether the message of a record is above what a destination takes.
func (l *ledger) tooLarge(s *Setup, r *record, d *Destination) bool {
	return l.above(s, r, d, min(l.limits[d.Place], mostMessage))
}

// above says whether the message of a record has more than so many bytes.
func (l *ledger) above(s *Setup, r *record, d *Destination, limit int) bool {
	const attributes = 2000
	if 2*(len(r.value)+len(r.key))+attributes < limit {
		return false
	}
	if r.stamp == unstamped {
		known := *r
		known.stamp = time.Now().UnixMilli() // as long as it will be
		return s.message(&known, d).size() > limit
	}
	if r.shorn[d.Place] { // without it, it may fit
		m := s.message(r, d)
		delete(m.attributes, "kafka_timestamp")
		return m.size() > limit
	}
	of := shape{s.Reads[r.topic], d.Envelope, d.topic()}
	size, ok := r.sizes[of]
	if !ok {
		if size = s.message(r, d).size(); r.offset >= 0 {
			r.sizes[of] = size
		}
	}
	return size > limit
}

// tooLargeAt says the same of a place, under any configuration that may have been in force for the record.
func (l *ledger) tooLargeAt(r *record, place string) bool {
	return slices.ContainsFunc(l.window(r), func(s *Setup) bool {
		return slices.ContainsFunc(s.Destinations, func(d Destination) bool { return d.Place == place && l.tooLarge(s, r, &d) })
	})
}

// weighed says whether a record waited since a time for a look at the limits of a place: it is above them as far as is
// known, and that is looked at now and then only.
func (l *ledger) weighed(r *record, place string, since time.Time) bool {
	return l.tooLargeAt(r, place) && !slices.ContainsFunc(l.window(r), func(s *Setup) bool {
		return slices.ContainsFunc(s.Destinations, func(d Destination) bool {
			at, dead := r.letters[d.Name]
			return d.Place == place && dead && at.Before(since)
		})
	})
}

// shape is what the size of a record's message depends on.
type shape struct {
	reading  Reading
	envelope bool
	topic    bool
}
