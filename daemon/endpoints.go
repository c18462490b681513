package daemon

import (
	"context"
	"net"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/config"
)

// Endpoints returns what keeps requests of destinations from being sent at all, by what the configuration, the
// environment and the files of AWS say together. It reads these files and makes no request. File is the name of the
// configuration.
func Endpoints(ctx context.Context, file string, cfg *config.Config) (problems config.Problems) {
	session, err := sessionOf(ctx, cfg, nil)
	if err != nil {
		return config.Problems{{File: file, Path: "aws", Message: err.Error() + fileRemedy}}
	}
	for _, name := range cfg.DestinationNames() {
		sink, err := newSink(session, cfg.Destinations[name])
		if err != nil {
			problems = append(problems, config.Problem{File: file, Path: "destinations." + name, Message: err.Error()})
			continue
		}
		sink.Close()
	}
	return problems
}

// fileRemedy says what to do where AWS's configuration cannot be loaded.
const fileRemedy = "; correct the environment or the files of AWS"

// sessionOf loads AWS's configuration for one of the bridge. Dial is that of [Options].
func sessionOf(ctx context.Context, cfg *config.Config, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*awsapi.Session, error) {
	return awsapi.NewSession(ctx, awsapi.SessionOptions{Region: cfg.AWS.Region, Timeout: requestTimeout, Dial: dial, AllowHTTP: cfg.AWS.AllowHTTP})
}
