package wiring

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	sdkconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/sluice-bridge/sluice/config"
)

// Endpoints returns what keeps requests of destinations from being sent at all, by what the configuration, the
// environment and the files of AWS say together. It reads these files and makes no request. Where they cannot be
// loaded, that is a warning: they may be others where the bridge runs.
func Endpoints(ctx context.Context, cfg *config.Config) (problems, warnings config.Problems) {
	session, err := Session(ctx, cfg, nil)
	if err != nil {
		return nil, config.Problems{cfg.Problem("aws", "AWS's own settings on this machine cannot be loaded: "+
			unloaded(err)+"; `sluice run` fails where they are the same")}
	}
	for _, name := range cfg.DestinationNames() {
		sink, err := NewSink(session, cfg.Destinations[name])
		if err != nil {
			problems = append(problems, cfg.Problem("destinations."+name, err.Error()))
			continue
		}
		sink.Close()
	}
	slices.SortStableFunc(problems, func(a, b config.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return problems, nil
}

// unloaded says why AWS's configuration cannot be loaded.
func unloaded(err error) string {
	var missing sdkconfig.SharedConfigProfileNotExistError
	if errors.As(err, &missing) {
		return fmt.Sprintf("its files have no profile %q", missing.Profile)
	}
	return cmp.Or(errors.Unwrap(err), err).Error()
}
