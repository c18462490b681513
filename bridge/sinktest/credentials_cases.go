package sinktest

import (
	"strings"
	"sync"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// keyOf is the access key a request was signed with.
func keyOf(r Received) string {
	_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(rest, "/")
	return key
}

func testExpired(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	mustSend(t, tested, batchOf(1))
	expired := Step{Error: &Error{Status: 403, Code: "ExpiredToken", Message: "The security token included in the request is expired"}}
	// Whatever is in flight fails together; the credentials are fetched anew once.
	const n = 8
	var calls sync.WaitGroup
	failures := make([]*sink.Failure, n)
	for range n {
		s.script(expired)
	}
	for i := range n {
		calls.Go(func() { failures[i] = tested.Send(within(t), batchOf(1), make([]*sink.Failure, 1)) })
	}
	calls.Wait()
	for _, failure := range failures {
		wantClass(t, failure, sink.Credentials)
	}
	mustSend(t, tested, batchOf(1))
	sends := s.sends()
	if first, last := keyOf(sends[0]), keyOf(sends[len(sends)-1]); first != "KEY1" || last == first {
		t.Errorf("signed with %s before and %s after", first, last)
	}
	if token := sends[len(sends)-1].Header.Get("X-Amz-Security-Token"); token != "token"+strings.TrimPrefix(keyOf(sends[len(sends)-1]), "KEY") {
		t.Errorf("security token %q with key %s", token, keyOf(sends[len(sends)-1]))
	}
	if got := s.keys.Load(); got != 2 {
		t.Errorf("credentials were fetched %d times, want 2", got)
	}
}

func testNoCredentials(t *testing.T, f Fixture) {
	s := start(t, f.Wire)
	s.noKeys.Store(true)
	tested := f.New(t, s.URL, false)
	defer tested.Close()
	wantClass(t, openFailure(t, tested), sink.Credentials)
	s.noKeys.Store(false)
	if _, err := tested.Open(within(t)); err != nil {
		t.Fatalf("opening with credentials: %v", err)
	}
	mustSend(t, tested, batchOf(1))
}
