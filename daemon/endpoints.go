package daemon

import (
	"cmp"
	"context"
	"net"
	"slices"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/config"
)

// Endpoints returns what keeps requests of destinations from being sent at all, by what the configuration, the
// environment and the files of AWS say together. It reads these files and makes no request.
func Endpoints(ctx context.Context, cfg *config.Config) (problems config.Problems) {
	session, err := sessionOf(ctx, cfg, nil)
	if err != nil {
		return config.Problems{cfg.Problem("aws", err.Error()+fileRemedy)}
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
	return problems
}

// fileRemedy says what to do where AWS's configuration cannot be loaded.
const fileRemedy = "; correct the environment or the files of AWS"

// sessionOf loads AWS's configuration for one of the bridge. Dial is that of [Options].
func sessionOf(ctx context.Context, cfg *config.Config, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*awsapi.Session, error) {
	return awsapi.NewSession(ctx, awsapi.SessionOptions{Region: cfg.AWS.Region, Timeout: requestTimeout, Dial: dial, AllowHTTP: cfg.AWS.AllowHTTP})
}
