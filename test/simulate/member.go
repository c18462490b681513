package simulate

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/daemon"
)

// member is an instance of the bridge.
type member struct {
	name     string // a party of the network
	instance string // of static membership, and of a restart
	w        *world
	daemon   *daemon.Daemon
	setup    Setup
	stop     context.CancelFunc
	abort    context.CancelFunc
	stopped  chan struct{} // closed when Run has returned
	life     life
	err      error // of Run
	leaving  bool
	killed   bool
	fenced   bool // it has ended as another instance is said to have its id
}

func (w *world) configuration(s Setup, instance string) (*config.Config, error) {
	text := s.yaml(where{
		brokers: w.brokers.seeds(), registry: w.registry.address, endpoint: w.aws.URL, region: w.aws.Region, account: w.aws.Account, instance: instance,
	})
	cfg, err := config.Parse(text, "bridge.yaml", nil)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	return cfg, nil
}

// start has a member run. Its name is that of an earlier one where it is to be the same instance.
func (w *world) start(name string) (*member, error) {
	cfg, err := w.configuration(w.setup, name)
	if err != nil {
		return nil, err
	}
	w.made++
	w.ledger.starts()
	w.ledger.moves()
	party := fmt.Sprintf("%s.%d", name, w.made)
	m := &member{name: party, instance: name, w: w, setup: w.setup.clone(), stopped: make(chan struct{})}
	core := zapcore.NewTee(zapcore.NewCore(zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig()), w.log, zapcore.InfoLevel), &expiries{w.ledger})
	m.daemon = daemon.New(daemon.Options{Log: zap.New(core).Named(party), Dial: w.network.Dialer(party)})
	ctx, stop := context.WithCancel(context.Background())
	aborted, abort := context.WithCancel(context.Background())
	m.abort = abort
	m.stop = func() {
		if m.life.told.IsZero() {
			m.life.told = time.Now()
		}
		stop()
	}
	go func() {
		labelled(party, func() { m.err = m.daemon.Run(ctx, aborted, cfg) })
		w.ledger.stopped()
		m.life.ended = time.Now()
		close(m.stopped)
	}()
	w.members = append(w.members, m)
	return m, nil
}

// kill ends a member as the end of its process does: nothing of it is heard any more.
func (m *member) kill() {
	m.killed = true
	m.w.ledger.killed(m.owned())
	m.w.network.Kill(m.name)
	m.stop()
	m.abort()
}
