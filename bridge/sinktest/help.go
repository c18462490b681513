package sinktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// patience bounds waits that are expected to end at once.
const patience = 20 * time.Second

// newMessage makes a message with that body and its true size.
func newMessage(body string) *message.Message {
	return &message.Message{Body: []byte(body), Size: len(body)}
}

func batchOf(n int) []*message.Message {
	batch := make([]*message.Message, n)
	for i := range batch {
		batch[i] = newMessage(fmt.Sprintf("body %d", i))
	}
	return batch
}

// within returns a context for a call that should end by itself.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// opened starts a server and opens a sink on it.
func opened(t *testing.T, f Fixture) (*Server, sink.Sink) {
	t.Helper()
	s := start(t, f.Wire)
	tested := f.New(t, s.URL, false)
	t.Cleanup(tested.Close)
	if _, err := tested.Open(within(t)); err != nil {
		t.Fatalf("opening: %v", err)
	}
	return s, tested
}

// send sends a batch and returns the results by entry, and the call's failure.
func send(t *testing.T, tested sink.Sink, batch []*message.Message) ([]*sink.Failure, *sink.Failure) {
	t.Helper()
	results := make([]*sink.Failure, len(batch))
	failure := tested.Send(within(t), batch, results)
	return results, failure
}

// mustSend fails the test unless every entry is accepted.
func mustSend(t *testing.T, tested sink.Sink, batch []*message.Message) {
	t.Helper()
	results, failure := send(t, tested, batch)
	if failure != nil {
		t.Fatalf("sending: %v (%v)", failure, failure.Class)
	}
	for i, r := range results {
		if r != nil {
			t.Fatalf("entry %d: %v (%v)", i, r, r.Class)
		}
	}
}

// wantClass fails the test unless the failure is of that class, and complete.
func wantClass(t *testing.T, f *sink.Failure, class sink.Class) {
	t.Helper()
	switch {
	case f == nil:
		t.Fatalf("no failure, want %v", class)
	case f.Class != class:
		t.Fatalf("failure %v is %v, want %v", f, f.Class, class)
	case f.Code == "" || strings.ContainsAny(f.Code, " \n"):
		t.Fatalf("code %q is not a metric label", f.Code)
	}
}

// openFailure returns the failure of an Open, which must be a *sink.Failure.
func openFailure(t *testing.T, tested sink.Sink) *sink.Failure {
	t.Helper()
	_, err := tested.Open(within(t))
	if err == nil {
		t.Fatal("opened, want a failure")
	}
	var f *sink.Failure
	if !errors.As(err, &f) {
		t.Fatalf("Open returned %T %v, want *sink.Failure", err, err)
	}
	return f
}

// eventually waits for a condition that nothing signals.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// deadline is a context whose deadline passes when the test says so.
type deadline struct {
	context.Context
	passed chan struct{}
}

func newDeadline() *deadline {
	return &deadline{Context: context.Background(), passed: make(chan struct{})}
}

func (d *deadline) pass()                 { close(d.passed) }
func (d *deadline) Done() <-chan struct{} { return d.passed }

func (d *deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
