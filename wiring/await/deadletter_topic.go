package await

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka/deadletter"
	"github.com/sluice-bridge/sluice/telemetry"
)

// DeadLetterTopic creates the dead-letter topic where it is missing, and warns where it is too narrow for what
// may come of the topics read.
func DeadLetterTopic(ctx context.Context, w *deadletter.Producer, topics []string, health telemetry.Health, log *zap.Logger) error {
	const what = "dead-letter topic"
	warning := ""
	err := Reported(ctx, health, what, "looking for it", func(ctx context.Context) error {
		err := w.Ensure(ctx)
		if err == nil {
			warning = w.CheckSize(ctx, topics)
		}
		return err
	})
	switch {
	case errors.Is(err, deadletter.ErrCreate):
		return fmt.Errorf("%w; create it, or give the bridge the right to", err)
	case err != nil:
		return fmt.Errorf("looking for the dead-letter topic: %w", err)
	case warning != "":
		log.Warn(what, zap.String("problem", warning))
	}
	return nil
}
