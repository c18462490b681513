package expr

import (
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
)

// Variables gives an event's parts to an expression when it asks for them. One serves all
// expressions of an event, so what is read of the value is kept; it is for one goroutine.
type Variables struct {
	ev     *Event
	value  ref.Val
	schema ref.Val
	meter  interp.Meter
}

var variablesPool = sync.Pool{New: func() any { return new(Variables) }}

// NewVariables returns the variables of an event, to be given back by Release.
func NewVariables(ev *Event) *Variables {
	a := variablesPool.Get().(*Variables)
	a.ev = ev
	return a
}

// Release gives them back; nothing read of the event may be used afterwards.
func (a *Variables) Release() {
	*a = Variables{meter: a.meter}
	variablesPool.Put(a)
}

// ResolveName implements cel.Activation.
func (a *Variables) ResolveName(name string) (any, bool) {
	r := a.ev.Record
	switch name {
	case "value":
		if a.value == nil {
			a.value = celValue(&a.meter, a.ev.Value)
		}
		return a.value, true
	case dialect.SchemaVariable:
		if a.schema == nil {
			a.schema = celSchema(&a.meter, a.ev.Value)
		}
		return a.schema, true
	case "key":
		if r.Key == nil {
			return types.NullValue, true
		}
		a.meter.Allocate(len(r.Key))
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
	case interp.MeterName:
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
func (a *Variables) Parent() cel.Activation { return nil }

// lossyText is for reading, never for sending: what is not UTF-8 becomes U+FFFD.
func lossyText(b []byte) string {
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
