package demo

import (
	"fmt"
)

// payment is money that came in. The payments of an account are numbered.
func (s *Stream) payment() Event {
	account := s.id("a", 300)
	s.sequence[account]++
	amount := s.cents(900)
	e := Event{Topic: "payments", Key: []byte(account), Type: "payment.captured", Account: account, Total: amount}
	value := map[string]any{
		"type": e.Type, "account": account, "sequence": s.sequence[account], "amount": amount,
		"currency": "EUR", "method": pick(s, "card", "card", "transfer", "wallet"), "at": s.stamp(),
	}
	if s.one(2000) {
		e.Flaw = TextTotal
		value["amount"] = fmt.Sprintf("%.2f EUR", amount)
	}
	e.Value = encode(value)
	return e
}

// customer is a change of a customer's data, or their end: a record without a value.
func (s *Stream) customer() Event {
	id := s.id("c", 400)
	e := Event{Topic: "customers", Key: []byte(id)}
	if s.one(20) {
		return e
	}
	e.Type = "customer.updated"
	e.Value = encode(map[string]any{
		"type": e.Type, "customer": id, "name": pick(s, "Ada", "Noor", "Zoë", "Łukasz", "美咲"), "newsletter": s.one(2), "at": s.stamp(),
	})
	return e
}

// telemetry is text, or bytes that are none; some of it has no key.
func (s *Stream) telemetry() Event {
	e := Event{Topic: "telemetry"}
	if !s.one(10) {
		e.Key = []byte(s.id("device", 60))
	}
	if s.one(3) {
		e.Value = make([]byte, 16+s.rand.IntN(200))
		for i := range e.Value {
			e.Value[i] = byte(s.rand.Uint32()) //nolint:gosec // any byte will do
		}
		return e
	}
	e.Value = fmt.Appendf(nil, "%s temperature=%.1f battery=%d rssi=-%d", s.stamp(), 15+10*s.rand.Float64(), s.rand.IntN(101), 40+s.rand.IntN(50))
	return e
}
