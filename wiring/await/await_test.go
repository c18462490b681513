package await

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/health"
)

// A try for which time is over is told as that, and not in the words of a library.
func TestTimeoutOfATryIsToldPlainly(t *testing.T) {
	t.Parallel()
	board := health.NewRegistry(zap.NewNop())
	told := ""
	err := Reported(t.Context(), board, "group g", "looking up where it begins", func(context.Context) error {
		if problems := board.Problems(); len(problems) > 0 {
			told = problems[0].Text
			return nil
		}
		return fmt.Errorf("reading: %w", context.DeadlineExceeded)
	})
	if want := "looking up where it begins: the brokers give no answer within 10s"; err != nil || told != want {
		t.Errorf("%v, told %q, want %q", err, told, want)
	}
	if problems := board.Problems(); len(problems) > 0 {
		t.Errorf("still told: %v", problems)
	}
}

// Nor is one of which the time is over for all tries, as that of a reload.
func TestEndOfAllTriesIsToldPlainly(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	err := Success(ctx, func(context.Context) error {
		return fmt.Errorf("looking up: %w", context.DeadlineExceeded)
	}, func(error) { cancel() })
	if err == nil || err.Error() != "the brokers give no answer within 10s" {
		t.Errorf("after tries: %v", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 0)
	defer cancel()
	err = Success(ctx, func(ctx context.Context) error { return ctx.Err() }, func(error) {})
	if err == nil || err.Error() != "the brokers give no answer in time" {
		t.Errorf("without one that had its time: %v", err)
	}
}
