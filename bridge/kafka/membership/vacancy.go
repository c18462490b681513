package membership

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// VacancyOptions say which groups are to be joined.
type VacancyOptions struct {
	Connection kafka.Connection
	Groups     []string
	// Timeout is how long members are waited for that may be another application and come together, from when they are
	// first seen.
	Timeout time.Duration
}

// Vacancy looks whether another application is in one of the groups.
type Vacancy struct {
	opts     VacancyOptions
	log      *zap.Logger
	left     []string  // of the groups, those not yet known to be free
	gathered time.Time // when members were first seen that come together
}

// NewVacancy makes no request.
func NewVacancy(opts VacancyOptions, log *zap.Logger) *Vacancy {
	return &Vacancy{opts: opts, log: log, left: opts.Groups}
}

// Try returns an *Occupied where a group must not be joined, and is to be repeated after another error. Where a group
// may not be looked at, nobody is kept from joining it: that is logged, as members are that may be another application.
func (v *Vacancy) Try(ctx context.Context) error {
	if len(v.left) == 0 {
		return nil
	}
	return kafka.WithClient(ctx, v.opts.Connection, func(client *kgo.Client) error {
		for census := NewCensus(client); len(v.left) > 0; v.left = v.left[1:] {
			if err := v.judge(ctx, census, v.left[0]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (v *Vacancy) judge(ctx context.Context, census *Census, group string) error {
	in, err := census.Tenants(ctx, group)
	switch {
	case blind(err):
		v.log.Warn("the members of the consumer group cannot be looked up; another application in it would get part of the records",
			zap.String("group", group), zap.Error(err))
		return nil
	case err != nil:
		return fmt.Errorf("looking up who is in group %s: %w", group, err)
	}
	id := v.opts.Connection.ClientID
	if err := in.Check(id); err != nil {
		return err
	}
	if gathering := in.Gathering(id); gathering != "" && v.waits() {
		return errors.New(gathering)
	}
	if doubt := in.Doubt(id); doubt != "" {
		v.log.Warn("another application may be in the consumer group", zap.String("group", group), zap.String("problem", doubt))
	}
	return nil
}

// blind says whether an error will last that keeps the bridge from looking: it has no right to, or the brokers do not
// offer it.
func blind(err error) bool {
	return errors.Is(err, kerr.GroupAuthorizationFailed) || errors.Is(err, kerr.UnsupportedVersion) || errors.Is(err, kerr.InvalidRequest)
}

// waits says whether members that come together are still to be waited for.
func (v *Vacancy) waits() bool {
	if v.gathered.IsZero() {
		v.gathered = time.Now()
	}
	return time.Since(v.gathered) < v.opts.Timeout
}
