package demo

import (
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// order is an order on its way through the shop.
type order struct {
	ID       any     `json:"id"`
	Type     string  `json:"type"`
	Customer string  `json:"customer"`
	Total    float64 `json:"total"`
	Currency string  `json:"currency"`
	Items    []item  `json:"items,omitempty"`
	At       string  `json:"at"`
	Note     string  `json:"note,omitempty"`
	// CorrelationID is given here, in a header, or not at all.
	CorrelationID string `json:"correlation_id,omitempty"`
	tenant        string
	trace         string
}

type item struct {
	SKU      string  `json:"sku"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"price"`
}

// mostOpen is how many orders are under way at once.
const mostOpen = 400

// order is something that happens to an order: a new one, or the next step of one of the open ones.
func (s *Stream) order() Event {
	if len(s.open) < mostOpen/2 || len(s.open) < mostOpen && s.one(3) {
		o := s.newOrder()
		s.open = append(s.open, o)
		return s.orderEvent(o, NoFlaw)
	}
	i := s.rand.IntN(len(s.open))
	o := s.open[i]
	done := true
	switch {
	case o.Type == "order.placed" && !s.one(12):
		o.Type, done = "order.paid", false
	case o.Type == "order.paid" && !s.one(50):
		o.Type = "order.shipped"
	default:
		o.Type = "order.cancelled"
	}
	if done {
		last := len(s.open) - 1
		s.open[i] = s.open[last]
		s.open = s.open[:last]
	}
	return s.orderEvent(o, NoFlaw)
}

func (s *Stream) newOrder() *order {
	s.orders++
	o := &order{
		ID:       fmt.Sprintf("o-%06d", s.orders),
		Type:     "order.placed",
		Customer: s.id("c", 400),
		Currency: pick(s, "EUR", "EUR", "GBP", "USD"),
		tenant:   pick(s, "acme", "globex-eu", "globex-us", "initech", "initech", "umbrella", "hooli", ""),
	}
	for range 1 + s.rand.IntN(5) {
		it := item{SKU: s.id("sku", 900), Quantity: 1 + s.rand.IntN(3), Price: s.cents(400)}
		o.Items = append(o.Items, it)
		o.Total += float64(it.Quantity) * it.Price
	}
	o.Total = float64(int(o.Total*100+0.5)) / 100
	if s.one(200) {
		o.Items = nil // of an old client
	}
	if s.one(3) {
		o.trace = fmt.Sprintf("%016x%016x", s.rand.Uint64()|1, s.rand.Uint64())
	}
	if s.one(5) {
		o.Note = pick(s, "ring twice", "Größe L, bitte", "как подарок 🎁", "先に電話してください", "leave it with the \"neighbour\"")
	}
	return o
}

func (s *Stream) orderEvent(o *order, flaw Flaw) Event {
	out := *o
	out.At = s.stamp()
	var headers []kgo.RecordHeader
	if o.tenant != "" {
		headers = append(headers, header("tenant", o.tenant))
	}
	if o.trace != "" {
		headers = append(headers, header("traceparent", fmt.Sprintf("00-%s-%016x-01", o.trace, s.rand.Uint64()|1)))
	}
	switch s.rand.IntN(4) {
	case 0:
		headers = append(headers, header("x-correlation-id", fmt.Sprintf("web-%v", o.ID)))
	case 1:
		out.CorrelationID = fmt.Sprintf("app-%v", o.ID)
	}
	items := len(o.Items)
	if items == 0 {
		items = -1
	}
	return Event{
		Topic: "orders", Key: []byte(o.Customer), Value: encode(out), Headers: headers,
		Type: out.Type, Total: out.Total, Items: items, Tenant: o.tenant, Flaw: flaw,
	}
}

// debug is noise that somebody forgot to turn off.
func (s *Stream) debug() Event {
	kind := pick(s, "debug.cache", "debug.http")
	return Event{
		Topic: pick(s, "orders", "payments"), Key: []byte(s.id("c", 400)), Type: kind,
		Value: encode(map[string]any{"type": kind, "took_ms": s.rand.IntN(80), "at": s.stamp()}),
	}
}

// badOrder is an order that the bridge cannot deliver, or not everywhere.
func (s *Stream) badOrder() Event {
	o := s.newOrder()
	o.Type, o.Total = "order.paid", 750
	o.Items = []item{{"sku-0001", 1, 500}, {"sku-0002", 1, 250}}
	switch flaw := pick(s, Torn, Torn, Unknown, Unknown, NumberID, Huge); flaw {
	case Torn:
		e := s.orderEvent(o, flaw)
		e.Value, e.Type = e.Value[:len(e.Value)/2], ""
		return e
	case Unknown:
		o.Type = "refund.requested"
		return s.orderEvent(o, flaw)
	case NumberID:
		o.ID = s.orders
		return s.orderEvent(o, flaw)
	default:
		o.Note = strings.Repeat("The customer wrote a very long letter. ", 7000)
		return s.orderEvent(o, flaw)
	}
}
