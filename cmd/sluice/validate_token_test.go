package main

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A token that has expired is told as that, with the place to look at.
func TestConnectTellsOfAnExpiredToken(t *testing.T) {
	w := usual(t)
	w.kafka.Cluster.ControlKey(int16(kmsg.SASLHandshake), func(req kmsg.Request) (kmsg.Response, error, bool) {
		w.kafka.Cluster.KeepControl()
		resp, _ := req.ResponseKind().(*kmsg.SASLHandshakeResponse)
		resp.SupportedMechanisms = []string{"OAUTHBEARER"}
		return resp, nil, true
	})
	w.kafka.Cluster.ControlKey(int16(kmsg.SASLAuthenticate), func(req kmsg.Request) (kmsg.Response, error, bool) {
		w.kafka.Cluster.KeepControl()
		resp, _ := req.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		resp.SASLAuthBytes = []byte(`{"status":"invalid_token"}`)
		return resp, nil, true
	})
	got := sluice("", "validate", "-c", w.file(t, " EXTRA", ", sasl: {mechanism: oauthbearer, token: old}"), "--connect", "--timeout", "5s")
	failures := got.failures()
	const want = `FAIL  kafka.sasl: the broker refuses the token, with the status "invalid_token": it may have expired`
	if got.code != exitFailed || len(failures) != 1 || !strings.HasPrefix(failures[0], want) {
		t.Errorf("exit %d\n%s", got.code, got.stdout)
	}
}
