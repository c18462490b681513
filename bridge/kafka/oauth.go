package kafka

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// TokenError is a token for OAUTHBEARER that a broker refuses. It is a kerr.SaslAuthenticationFailed.
type TokenError struct {
	Status string // as the broker says, such as "invalid_token"
}

// Error says what to do.
func (e *TokenError) Error() string {
	return fmt.Sprintf("the broker refuses the token, with the status %q: it may have expired, or be for another audience; renew it", excerpt.Failure(e.Status))
}

// Unwrap returns the error of the protocol.
func (*TokenError) Unwrap() error { return kerr.SaslAuthenticationFailed }

// refusing has a mechanism for OAUTHBEARER say why a token is refused: a broker answers with the reason as JSON
// (RFC 7628, section 3.2.2), in which the client sees unexpected data.
type refusing struct{ sasl.Mechanism }

// Authenticate implements sasl.Mechanism.
func (r refusing) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	session, first, err := r.Mechanism.Authenticate(ctx, host)
	return refusingSession{session}, first, err
}

type refusingSession struct{ sasl.Session }

// Challenge implements sasl.Session.
func (s refusingSession) Challenge(answer []byte) (bool, []byte, error) {
	var refusal struct {
		Status string `json:"status"`
	}
	if len(answer) == 0 {
		return s.Session.Challenge(answer)
	}
	_ = json.Unmarshal(answer, &refusal) // what is no JSON has no status
	return false, nil, &TokenError{refusal.Status}
}
