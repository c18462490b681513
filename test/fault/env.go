package fault

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/sluice-bridge/sluice/test/parts"
	"github.com/sluice-bridge/sluice/test/process"
)

// Env is what runs share.
type Env struct {
	Kafka  *parts.Server
	Binary string
	Dir    string // for files that may go
}

// Setup builds the binary, without the race detector, and starts a broker. The function that it
// returns ends the broker and removes all files.
func Setup(ctx context.Context) (env Env, end func() error, err error) {
	if env.Dir, err = os.MkdirTemp("", "sluice-fault-"); err != nil {
		return env, nil, err
	}
	end = func() error {
		var err error
		if env.Kafka != nil {
			err = env.Kafka.Stop()
		}
		return errors.Join(err, os.RemoveAll(env.Dir))
	}
	if env.Binary, err = process.Build(env.Dir, false); err == nil {
		env.Kafka, err = parts.StartKafka(ctx, filepath.Join(env.Dir, "kafka"))
	}
	if err != nil {
		return env, nil, errors.Join(err, end())
	}
	return env, end, nil
}
