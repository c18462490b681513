package await

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka/deadletter"
	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/telemetry"
)

// TryTimeout bounds one try.
const TryTimeout = 10 * time.Second

// Success tries something until that succeeds, and hands over why it did not. It returns an error where no later try
// can mend it, and where ctx ends before: why the latest try failed, if one has.
func Success(ctx context.Context, try func(context.Context) error, failed func(error)) error {
	var latest error
	for range pause.Tries(ctx) {
		once, cancel := context.WithTimeout(ctx, TryTimeout)
		err := try(once)
		cancel()
		if err == nil || lasting(err) {
			return err
		}
		if ctx.Err() == nil {
			latest = inTime(err)
			failed(latest)
		}
	}
	if latest == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New("the brokers give no answer in time")
	}
	return cmp.Or(latest, ctx.Err())
}

// Reported is Success, and health is told meanwhile what is wrong with what the key names.
func Reported(ctx context.Context, health telemetry.Health, key, doing string, try func(context.Context) error) error {
	err := Success(ctx, try, func(err error) { health.Report(key, doing+": "+err.Error()) })
	if err == nil {
		health.Resolve(key)
	} else {
		health.Drop(key) // nobody tries any more
	}
	return err
}

// inTime words an error of one try.
func inTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the brokers give no answer within %v", TryTimeout)
	}
	return err
}

// lasting says whether no later try mends an error: notes of a newer version, a topic that may not be created, a group
// that is somebody else's.
func lasting(err error) bool {
	var newer *progress.NewerVersion
	var occupied *membership.Occupied
	return errors.As(err, &newer) || errors.Is(err, deadletter.ErrCreate) || errors.As(err, &occupied)
}
