package redrive

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/resend/sender"
)

// flying is a run with one letter, at offset 5.
func flying(t *testing.T) (*Redrive, *flight) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	aws, err := fake.StartAWS(fake.Options{Queues: []string{"q"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Close() })
	text := fmt.Sprintf("kafka: {brokers: [\"127.0.0.1:1\"], group: g}\naws: {region: eu-west-1, endpoint: %q}\n", aws.URL) +
		"destinations: {q: {sqs: q}}\ndead_letter: {destination: q}\nrules: [{topics: [t], to: [q]}]\n"
	cfg, err := config.Parse([]byte(text), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sender.Open(t.Context(), cfg, sender.Options{Log: zap.NewNop(), Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := newRedrive(&resend.Flow{Sender: s}, &deadLetters{}, nil, 0)
	l := &ledger{next: 5, stays: -1}
	l.add(5, true)
	r.waiting = 1
	return r, &flight{run: r, ledger: l, offset: 5}
}

// A letter has left its topic when all its deliveries are acknowledged, and takes up the window until then.
func TestLetterLeavesWithItsLastDelivery(t *testing.T) {
	r, f := flying(t)
	if _, ok := f.Register([]offsets.Entry{{Offset: 1, Bytes: 10, Pending: 2}}); !ok || r.inFlight() != 1 {
		t.Errorf("registered: %v, on their way: %d", ok, r.inFlight())
	}
	f.Settle(0, 4)
	records, bytes := r.flow.Sender.Window().Held()
	if offset, _, _ := f.ledger.progress(); offset != 5 || records != 1 || bytes != 6 || r.counts.Redriven != 0 {
		t.Errorf("after one of two deliveries: to commit %d, held %d and %d bytes, %+v", offset, records, bytes, r.counts)
	}
	f.Settle(0, 4)
	records, bytes = r.flow.Sender.Window().Held()
	if offset, _, _ := f.ledger.progress(); offset != 6 || records != 0 || bytes != 0 || r.counts.Redriven != 1 || r.inFlight() != 0 || r.waiting != 0 {
		t.Errorf("after both: to commit %d, held %d and %d bytes, %+v", offset, records, bytes, r.counts)
	}
}

// What comes after the end of a run changes nothing: the letter stays.
func TestLetterOfAnEndedRunStays(t *testing.T) {
	r, f := flying(t)
	f.Register([]offsets.Entry{{Offset: 1, Bytes: 10, Pending: 1}})
	r.end()
	f.Settle(0, 10)
	if offset, _, _ := f.ledger.progress(); !f.Closed() || offset != 5 || r.counts.Redriven != 0 || r.counts.Unsettled != 1 {
		t.Errorf("closed: %v, to commit %d, %+v", f.Closed(), offset, r.counts)
	}
	if _, ok := f.Register([]offsets.Entry{{Offset: 1, Pending: 1}}); ok {
		t.Error("another one is taken")
	}
}
