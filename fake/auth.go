package fake

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// maxSkew is how far a signature's time may be off (IAM user guide, "signing AWS
// API requests").
const maxSkew = 5 * time.Minute

const (
	amzTime       = "20060102T150405Z"
	sigV4         = "AWS4-HMAC-SHA256 "
	securityToken = "X-Amz-Security-Token"
)

// authority knows the credentials that the endpoint accepts.
type authority struct {
	keys map[string]string // nil: everything is accepted

	mu       sync.Mutex
	sessions map[string]*session // by access key
}

// session is a set of temporary credentials issued by STS.
type session struct {
	secret, token, role string
	expires             time.Time
}

// scope is what an Authorization header tells.
type scope struct {
	key, date, region, service string
	headers                    []string
	signature                  string
}

func errUnknownKey() *Error {
	return &Error{Type: "UnrecognizedClientException", Code: "InvalidClientTokenId", Status: http.StatusForbidden,
		Message: "The security token included in the request is invalid."}
}

func errExpiredToken() *Error {
	return &Error{Type: "ExpiredTokenException", Code: "ExpiredToken", Status: http.StatusForbidden,
		Message: "The security token included in the request is expired"}
}

func errBadSignature(text string) *Error {
	return &Error{Type: "InvalidSignatureException", Code: "SignatureDoesNotMatch", Status: http.StatusForbidden, Message: text}
}

// ExpireSessions has every session issued so far expire now.
func (a *AWS) ExpireSessions() {
	a.auth.mu.Lock()
	defer a.auth.mu.Unlock()
	for _, s := range a.auth.sessions {
		s.expires = time.Time{}
	}
}

func (t *authority) issue(key string, s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sessions == nil {
		t.sessions = map[string]*session{}
	}
	t.sessions[key] = s
}

// lookup returns a copy of the session of an access key.
func (t *authority) lookup(key string) (session, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.sessions[key]; s != nil {
		return *s, true
	}
	return session{}, false
}

// check reads the signature and, when keys are configured, verifies it.
func (t *authority) check(c *call) *Error {
	header := c.r.Header.Get("Authorization")
	s, ok := parseScope(header)
	c.scope = s
	if t.keys == nil {
		return nil
	}
	switch {
	case c.action == "AssumeRoleWithWebIdentity":
		return nil // its token is the credential
	case header == "":
		return &Error{Type: "MissingAuthenticationTokenException", Code: "MissingAuthenticationToken",
			Status: http.StatusForbidden, Message: "Request is missing Authentication Token"}
	case !ok:
		return &Error{Type: "IncompleteSignatureException", Code: "IncompleteSignature", Message: "The Authorization header is not a complete SigV4 header."}
	}
	secret, known := t.keys[s.key]
	token := c.r.Header.Get(securityToken)
	if issued, temporary := t.lookup(s.key); temporary {
		secret, known = issued.secret, issued.token == token
		if !issued.expires.After(c.a.now()) {
			return errExpiredToken()
		}
	}
	if !known {
		return errUnknownKey()
	}
	if secret == "" {
		return nil
	}
	return verify(c, s, secret, token)
}

// parseScope takes an Authorization header apart.
func parseScope(header string) (s scope, ok bool) {
	rest, found := strings.CutPrefix(header, sigV4)
	if !found {
		return s, false
	}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch name {
		case "Credential":
			parts := strings.Split(value, "/")
			if len(parts) != 5 || parts[4] != "aws4_request" {
				return s, false
			}
			s.key, s.date, s.region, s.service = parts[0], parts[1], parts[2], parts[3]
		case "SignedHeaders":
			s.headers = strings.Split(value, ";")
		case "Signature":
			s.signature = value
		}
	}
	return s, s.key != "" && s.signature != "" && len(s.headers) > 0
}

// verify signs the request again, with the headers that the client signed and
// no others, and compares.
func verify(c *call, s scope, secret, token string) *Error {
	at, err := time.Parse(amzTime, c.r.Header.Get("X-Amz-Date"))
	if err != nil {
		return &Error{Type: "IncompleteSignatureException", Code: "IncompleteSignature", Message: "X-Amz-Date is missing or malformed."}
	}
	now := c.a.signingTime()
	if skew := now.Sub(at); skew > maxSkew || skew < -maxSkew {
		return errBadSignature(fmt.Sprintf("Signature expired: %s is now too far from %s", at.Format(amzTime), now.UTC().Format(amzTime)))
	}
	if s.service != string(c.service) || s.date != at.Format("20060102") {
		return errBadSignature("Credential should be scoped to the correct service and date.")
	}
	again, err := http.NewRequest(c.r.Method, "http://"+c.r.Host+c.r.URL.RequestURI(), nil)
	if err != nil {
		return errBadSignature(err.Error())
	}
	for _, h := range s.headers {
		switch h {
		case "host":
		case "content-length":
			// The signer takes the length, not the header.
			if again.ContentLength, err = strconv.ParseInt(c.r.Header.Get("Content-Length"), 10, 64); err != nil {
				again.ContentLength = c.r.ContentLength
			}
			again.Body = io.NopCloser(strings.NewReader(""))
		default:
			again.Header[http.CanonicalHeaderKey(h)] = c.r.Header.Values(h)
		}
	}
	sum := sha256.Sum256(c.body.Bytes())
	creds := aws.Credentials{AccessKeyID: s.key, SecretAccessKey: secret, SessionToken: token}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, again, hex.EncodeToString(sum[:]), s.service, s.region, at); err != nil {
		return errBadSignature(err.Error())
	}
	want, _ := parseScope(again.Header.Get("Authorization"))
	if subtle.ConstantTimeCompare([]byte(want.signature), []byte(s.signature)) != 1 {
		return errBadSignature("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.")
	}
	return nil
}
