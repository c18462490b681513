package kafka

import (
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
)

// A token that is refused is told as that, with the broker's word, and not as trouble with the network.
func TestRefusedTokenIsToldAsThat(t *testing.T) {
	t.Parallel()
	m, err := (&SASL{Mechanism: "oauthbearer", Secret: func() (string, error) { return "token", nil }}).mechanism()
	if err != nil {
		t.Fatal(err)
	}
	session, first, err := m.Authenticate(t.Context(), "host")
	if err != nil || !strings.Contains(string(first), "auth=Bearer token") {
		t.Fatalf("%q, %v", first, err)
	}
	if done, _, err := session.Challenge(nil); !done || err != nil {
		t.Errorf("done %t, %v", done, err)
	}
	_, _, err = session.Challenge([]byte(`{"status":"invalid_token","openid-configuration":"x"}`))
	if !errors.Is(err, kerr.SaslAuthenticationFailed) || !strings.Contains(err.Error(), `refuses the token, with the status "invalid_token"`) {
		t.Errorf("%v", err)
	}
}
