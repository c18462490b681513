package doctor

import (
	"context"
	"errors"
	"fmt"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
)

// checkDestination opens a queue or topic as the lane does, and reads what opening keeps to itself.
func checkDestination(ctx context.Context, session *awsapi.Session, d config.Destination) checks {
	var c checks
	place := "destinations." + d.Name
	to, err := wiring.NewSink(session, d)
	if err != nil {
		c.fail(place, err.Error())
		return c
	}
	defer to.Close()
	what := d.Address().Kind() + " " + d.Address().Name
	limits, err := to.Open(ctx)
	var failure *sink.Failure
	if err != nil && !errors.As(err, &failure) {
		failure = &sink.Failure{Class: sink.Transient, Message: err.Error()}
	}
	if failure != nil {
		c.fail(place, what+" "+remedy(ctx, d, failure))
		return c
	}
	notes, failure := to.Probe(ctx)
	switch {
	case failure == nil:
		c.ok(place, fmt.Sprintf("%s exists and takes messages of up to %d bytes", what, limits.MaxMessageBytes))
		for _, note := range notes {
			c.note(place, what+" "+note)
		}
	case awsapi.Denied(failure):
		c.ok(place, what+" answers")
		c.note(place, fmt.Sprintf("%s is not allowed, so that %d bytes are taken for the limit of %s, and its name for its kind; allow it to have both checked", wiring.Permissions(d).Describe, limits.MaxMessageBytes, what))
	default:
		c.ok(place, what+" answers")
		c.note(place, fmt.Sprintf("the attributes of %s were not read (%s)", what, failure.Error()))
	}
	return c
}

// permissions names the rights that sending needs: to have one is not to be told short of sending.
func permissions(cfg *config.Config) checks {
	var c checks
	for _, p := range wiring.AllPermissions(cfg) {
		c.note("destinations", "the right "+p.Send+" cannot be tested without sending, and was not")
	}
	return c
}
