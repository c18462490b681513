package routing

import (
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// activation gives an event's parts to an expression when it asks for them. One serves all
// expressions of an event, so what is read of the value is kept; it is for one goroutine.
type activation struct {
	ev     *Event
	value  ref.Val
	schema ref.Val
	meter  meter
}

var activations = sync.Pool{New: func() any { return new(activation) }}

func newActivation(ev *Event) *activation {
	a := activations.Get().(*activation)
	a.ev = ev
	return a
}

func (a *activation) release() {
	*a = activation{meter: a.meter}
	activations.Put(a)
}

// ResolveName implements cel.Activation.
func (a *activation) ResolveName(name string) (any, bool) {
	r := a.ev.Record
	switch name {
	case "value":
		if a.value == nil {
			a.value = celValue(&a.meter, a.ev.Value)
		}
		return a.value, true
	case schemaVariable:
		if a.schema == nil {
			a.schema = celSchema(&a.meter, a.ev.Value)
		}
		return a.schema, true
	case "key":
		if r.Key == nil {
			return types.NullValue, true
		}
		a.meter.allocate(len(r.Key))
		return types.String(lossyText(r.Key)), true
	case "headers":
		return &headerMap{record: r.Headers, meter: &a.meter}, true
	case "topic":
		return types.String(r.Topic), true
	case "partition":
		return types.Int(r.Partition), true
	case "offset":
		return types.Int(r.Offset), true
	case "timestamp":
		return celTime(r.Timestamp), true
	case meterName:
		return &a.meter, true
	case "correlation_id":
		return types.String(a.ev.CorrelationID), true
	}
	return nil, false
}

// celTime is a record's time, or an error where it is none that CEL knows (the years 1 to 9999).
// Producers write any number, and the zero time stands for one that is not known.
func celTime(t time.Time) ref.Val {
	switch year := t.UTC().Year(); {
	case t.IsZero():
		return types.NewErr("the record has no timestamp, or one that is not known")
	case year < 1 || year > 9999:
		return types.NewErr("the timestamp of the record, %d, is in the year %d; CEL knows those up to 9999", t.UnixMilli(), year)
	}
	return types.Timestamp{Time: t}
}

// Parent implements cel.Activation.
func (a *activation) Parent() cel.Activation { return nil }

// lossyText is for reading, never for sending: what is not UTF-8 becomes U+FFFD.
func lossyText(b []byte) string {
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
