package pipeline

import (
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/routing"
)

// WhyUnroutable says why a record has no destination, by what was decided on it, or the *codec.UndecodableError
// for which nothing was; empty where it has one, or is dropped on purpose. It becomes a dead letter for
// that, but where the policy drops what no rule matched.
func WhyUnroutable(d *routing.Decision, err error) message.Reason {
	switch {
	case err != nil || d.Undecodable:
		return message.ReasonUndecodable
	case d.Outcome == routing.DeadLetter && len(d.Errors) > 0:
		return message.ReasonRuleError
	case d.Outcome == routing.DeadLetter || d.Outcome == routing.Unmatched:
		return message.ReasonUnmatched
	}
	return ""
}
