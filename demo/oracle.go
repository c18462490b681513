package demo

import (
	"fmt"
	"strings"
)

// Oracle knows where the demo's events have to go: the rules of the demo's own configuration once
// more, written by hand over what the producer knows. It shares nothing with the router.
type Oracle struct {
	fulfilment, ledger, alerts, crm, telemetry int
}

// NewOracle returns the oracle for the demo's own destinations, in any order.
func NewOracle(destinations []Destination) (*Oracle, error) {
	o := &Oracle{}
	byName := map[string]*int{
		"fulfilment": &o.fulfilment, "ledger": &o.ledger, "alerts": &o.alerts, "crm": &o.crm, "telemetry": &o.telemetry,
	}
	for i, d := range destinations {
		at := byName[d.Name]
		if at == nil {
			return nil, fmt.Errorf("the demo's own configuration has no destination %s", d.Name)
		}
		*at = i
		delete(byName, d.Name)
	}
	if len(byName) > 0 {
		return nil, fmt.Errorf("the demo's own configuration has %d destinations more", len(byName))
	}
	return o, nil
}

// Due says where an event has to go.
func (o *Oracle) Due(e *Event) Due {
	var f Due
	switch {
	case strings.HasPrefix(e.Type, "debug."):
	case e.Topic == "telemetry":
		f.To(o.telemetry, "")
	case e.Topic == "customers":
		f.To(o.crm, string(e.Key))
	case e.Topic == "payments":
		if e.Flaw == TextTotal {
			f.Lost, f.Reason = true, "rule_error"
			break
		}
		f.To(o.ledger, e.Account)
	case e.Flaw == Torn:
		f.Lost, f.Reason = true, "undecodable"
	case e.Flaw == Unknown:
		f.Lost, f.Reason = true, "unmatched"
	default:
		o.order(e, &f)
	}
	return f
}

func (o *Oracle) order(e *Event, f *Due) {
	f.To(o.fulfilment, e.Tenant)
	if strings.HasPrefix(e.Tenant, "globex-") || e.Tenant == "acme" {
		if e.Flaw == Huge {
			f.DeadLetter(o.crm, "too_large")
		} else {
			f.To(o.crm, string(e.Key))
		}
	}
	if e.Type == "order.paid" && e.Total >= 500 && e.Items >= 2 {
		switch e.Flaw {
		case NumberID:
			f.DeadLetter(o.alerts, "encode_failed")
		case Huge:
			f.DeadLetter(o.alerts, "too_large")
		default:
			f.To(o.alerts, "")
		}
	}
}
