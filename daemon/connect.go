package daemon

import (
	"context"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/config"
)

// Check is one thing that was looked at where the bridge is to work.
type Check struct {
	Result CheckResult
	// Place is where the configuration speaks of it: "kafka.brokers", "destinations.ledger".
	Place string
	// Message is one sentence: what was found, and the remedy where there is one to take.
	Message string
}

// CheckResult says what came of a check.
type CheckResult string

const (
	// CheckOK means that it is as it should be.
	CheckOK CheckResult = "ok"
	// CheckNote means that it can not be told, or that it is good to know.
	CheckNote CheckResult = "note"
	// CheckFailed means that the bridge would not work.
	CheckFailed CheckResult = "FAIL"
)

// checks collects what one part found.
type checks []Check

func (c *checks) ok(place, message string)   { *c = append(*c, Check{CheckOK, place, message}) }
func (c *checks) note(place, message string) { *c = append(*c, Check{CheckNote, place, message}) }
func (c *checks) fail(place, message string) { *c = append(*c, Check{CheckFailed, place, message}) }

// Connect looks at everything that a configuration refers to: brokers, topics, groups, queues. It
// changes nothing and sends nothing, and ends with ctx, which must have a deadline. report is
// called for each check, in the order of the file, as soon as those before it are known.
func Connect(ctx context.Context, cfg *config.Config, report func(Check)) {
	session, err := awsapi.NewSession(ctx, awsapi.SessionOptions{Region: cfg.AWS.Region, Timeout: requestTimeout})
	if err != nil {
		report(Check{CheckFailed, "aws", err.Error() + "; correct the environment or the files of AWS"})
		return
	}
	names := cfg.DestinationNames()
	parts := []func() checks{func() checks { return checkKafka(ctx, cfg, session) }}
	for _, name := range names {
		parts = append(parts, func() checks { return checkDestination(ctx, session, cfg.Destinations[name]) })
	}
	parts = append(parts, func() checks { return permissions(cfg) })
	results := make([]chan checks, len(parts))
	for i, part := range parts {
		results[i] = make(chan checks, 1)
		go func() { results[i] <- part() }() // ends with ctx at the latest
	}
	for _, r := range results {
		for _, c := range <-r {
			report(c)
		}
	}
}
