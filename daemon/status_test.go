package daemon

import (
	"context"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// A group that is not joined is told of once: by what is known of it, or by when that began.
func TestGroupIsToldOfOnce(t *testing.T) {
	d := New(Options{Log: zap.NewNop()})
	before := time.Now()
	source, err := consumer.New(consumer.Options{
		Connection: kafka.Connection{Brokers: []string{"127.0.0.1:1"}}, Group: "g", Topics: []string{"t"},
		SessionTimeout: time.Minute, RebalanceTimeout: time.Minute, CommitInterval: time.Second, ReadAhead: 1 << 20,
	}, nil, offsets.NewWindow(1, 1), d.observer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		done, cancel := context.WithCancel(context.Background())
		cancel()
		_ = source.Run(done, done) // which closes its client
	})
	d.view.sources = []*consumer.Source{source}
	if p := d.Problems(); len(p) != 1 || p[0].What != "group g" || p[0].Since.Before(before) {
		t.Errorf("%+v", p)
	}
	d.board.Report("group g", "no broker answers")
	if p := d.Problems(); len(p) != 1 || p[0].Text != "no broker answers" {
		t.Errorf("%+v", p)
	}
}
