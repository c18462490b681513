package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	sdkconfig "github.com/aws/aws-sdk-go-v2/config"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/config"
)

// Endpoints returns what keeps requests of destinations from being sent at all, by what the configuration, the
// environment and the files of AWS say together. It reads these files and makes no request. Where they cannot be
// loaded, that is a warning: they may be others where the bridge runs.
func Endpoints(ctx context.Context, cfg *config.Config) (problems, warnings config.Problems) {
	session, err := sessionOf(ctx, cfg, nil)
	if err != nil {
		return nil, config.Problems{cfg.Problem("aws", "AWS's own settings on this machine cannot be loaded: "+
			unloaded(err)+"; `sluice run` fails where they are the same")}
	}
	for _, name := range cfg.DestinationNames() {
		sink, err := newSink(session, cfg.Destinations[name])
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

// sessionOf loads AWS's configuration for one of the bridge. Dial is that of [Options].
func sessionOf(ctx context.Context, cfg *config.Config, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*awsapi.Session, error) {
	return awsapi.NewSession(ctx, awsapi.SessionOptions{Region: cfg.AWS.Region, Timeout: requestTimeout, Dial: dial, AllowHTTP: cfg.AWS.AllowHTTP})
}
