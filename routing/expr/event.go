package expr

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
)

// Event is a record with its decoded value, as rules and expressions see it.
type Event struct {
	Record        *kgo.Record
	Value         codec.Value
	CorrelationID string
	// Unchecked: Value.JSON may be anything, as nobody has validated it. Whatever looks into it first
	// does, which costs Route nothing because it reads the whole value anyway, and where it is no JSON
	// sets Value.JSON to nil.
	Unchecked bool
	// Invalid: the value was to be JSON, and is not. Whoever finds out sets it.
	Invalid bool
	// Lenient: an event whose value is Invalid is one that no rule matched, where others become dead
	// letters because a rule had to look into the value.
	Lenient bool

	work   int // see Work
	before int // of it, when the rules or the expressions of messages began
}

// Validate validates the value if nobody has.
func (ev *Event) Validate() {
	if ev.Unchecked {
		ev.Validated(jsonscan.Valid(ev.Value.JSON))
	}
}

// EncodedTwice reports whether the value is a text that holds JSON.
func (ev *Event) EncodedTwice() bool {
	doc := ev.Value.JSON
	at := jsonscan.SkipSpace(doc, 0)
	return at < len(doc) && doc[at] == '"' && codec.StringHoldsJSON(doc, at)
}

// Validated notes what became of the validation.
func (ev *Event) Validated(valid bool) {
	if ev.Unchecked && !valid {
		ev.Value.JSON, ev.Invalid = nil, len(ev.Value.Raw) > 0
	}
	ev.Unchecked = false
}

// RecordLimit is how much work all rules may do together on one event, in the unit of WorkLimit: some
// tenths of a second. The expressions of its messages may do as much again, so that what rules make of an
// event keeps nobody from getting it. Whatever is evaluated when that is used up fails.
const RecordLimit = 8 * interp.WorkLimit

// Work is how much was done to evaluate rules and expressions on the event, in the unit of WorkLimit.
func (ev *Event) Work() int { return ev.work }

// Left is what may still be done of RecordLimit; below zero where more was done.
func (ev *Event) Left() int { return RecordLimit - (ev.work - ev.before) }

// Worked notes what patterns have done on the event.
func (ev *Event) Worked(work int) { ev.work += work }

// Restart has what follows do as much as RecordLimit again.
func (ev *Event) Restart() { ev.before = ev.work }

// LastHeader returns the value of the last header of a name.
func LastHeader(headers []kgo.RecordHeader, name string) (value []byte, found bool) {
	for i := len(headers) - 1; i >= 0; i-- {
		if headers[i].Key == name {
			return headers[i].Value, true
		}
	}
	return nil, false
}
