package bridge

import "github.com/sluice-bridge/sluice/routing"

// Encode builds the message that a target would get for an event whose topic has the given
// origin, without sending it. It finds the correlation id and sets it on the event.
func (e *Encoder) Encode(ev *routing.Event, origin Origin, target routing.Target) (*Message, error) {
	st, _ := newStamp(ev.Record, origin, e.correlation.Find(ev), nil)
	ev.CorrelationID = st.correlationID
	m := &Message{}
	if err := e.encode(m, ev, &st, target); err != nil {
		return nil, err
	}
	return m, nil
}
