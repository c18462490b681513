package awsapi_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
)

var operation = awsapi.NewOperation("text/plain")

// call sends one request and returns its failure.
func call(t *testing.T, s *awsapi.Session, target awsapi.Target) *sink.Failure {
	t.Helper()
	c, err := s.Client(target)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	body := awsapi.NewBuffer()
	body.B = append(body.B, "hello"...)
	answer, failure := c.Do(ctx, operation, body)
	if failure != nil {
		return failure
	}
	defer answer.Release()
	if !answer.OK() {
		return c.Refused(answer)
	}
	return nil
}

// static hides the machine's AWS configuration and sets fixed keys.
func static(t *testing.T) {
	sinktest.Environment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "KEY")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
}

// TestSkewedClockIsCorrectedByTheAnswer: a service an hour ahead refuses the first signature, and its Date teaches the
// client to sign the next one in its time.
func TestSkewedClockIsCorrectedByTheAnswer(t *testing.T) {
	for _, code := range []string{"RequestTimeTooSkewed", "RequestExpired", "SignatureDoesNotMatch", "InvalidSignatureException", "AccessDeniedException"} {
		t.Run(code, func(t *testing.T) {
			static(t)
			var ahead atomic.Int64
			ahead.Store(int64(time.Hour))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				now := time.Now().Add(time.Duration(ahead.Load()))
				w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
				if at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date")); err != nil || now.Sub(at).Abs() > 5*time.Minute {
					w.WriteHeader(http.StatusForbidden)
					fmt.Fprintf(w, `{"__type":%q}`, code)
				}
			}))
			defer server.Close()
			s, target := session(t, awsapi.SessionOptions{}), awsapi.Target{Service: awsapi.SQS, Endpoint: server.URL}
			c, err := s.Client(target) // keeps the client and what it learned between the calls
			if err != nil {
				t.Fatal(err)
			}
			defer c.Release()
			for _, shift := range []time.Duration{time.Hour, -time.Hour, 0} {
				ahead.Store(int64(shift))
				if f := call(t, s, target); f == nil || f.Class != sink.Credentials {
					t.Fatalf("clock %v off: %v, want a credentials failure that is retried at once", shift, f)
				}
				if f := call(t, s, target); f != nil {
					t.Fatalf("clock %v off: refused again: %v", shift, f)
				}
			}
		})
	}
}

func TestServerCertificateIsVerified(t *testing.T) {
	static(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Errorf("%s, want HTTP/1.1", r.Proto)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it reports the refused handshake
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	target := awsapi.Target{Service: awsapi.SQS, Endpoint: server.URL}
	f := call(t, session(t, awsapi.SessionOptions{}), target)
	if f == nil || f.Class != sink.Configuration || f.Code != awsapi.CodeCertificate {
		t.Errorf("unknown authority: %v", f)
	}
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(bundle, block, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	if f := call(t, session(t, awsapi.SessionOptions{}), target); f != nil {
		t.Errorf("with AWS_CA_BUNDLE: %v", f)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	target.Endpoint = strings.Replace(plain.URL, "http:", "https:", 1)
	if f := call(t, session(t, awsapi.SessionOptions{}), target); f == nil || f.Class != sink.Configuration {
		t.Errorf("https to a plain server: %v", f)
	}
}

func TestTimeoutIsAnUnknownOutcome(t *testing.T) {
	static(t)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}))
	defer server.Close()
	f := call(t, session(t, awsapi.SessionOptions{Timeout: time.Second}), awsapi.Target{Service: awsapi.SQS, Endpoint: server.URL})
	if f == nil || f.Class != sink.Unknown || f.Code != awsapi.CodeTimeout {
		t.Errorf("%v (%v), want an unknown outcome", f, f.Class)
	}
}

// stsServer issues credentials ROLE1, ROLE2, … or answers with status and code where told.
type stsServer struct {
	*httptest.Server
	issued atomic.Int64
	broken atomic.Pointer[[2]string] // status, code
	form   atomic.Pointer[url.Values]
	life   time.Duration
}

func startSTS(t *testing.T) *stsServer {
	s := &stsServer{life: time.Hour}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		s.form.Store(&r.PostForm)
		if b := s.broken.Load(); b != nil {
			status := 0
			fmt.Sscan(b[0], &status)
			w.WriteHeader(status)
			fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, b[1])
			return
		}
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE%d</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials><AssumedRoleUser><Arn>a</Arn><AssumedRoleId>i</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`,
			s.issued.Add(1), time.Now().Add(s.life).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(s.Close)
	t.Setenv("AWS_ENDPOINT_URL_STS", s.URL)
	return s
}

func TestAssumedRoleIsRenewedWhenRefused(t *testing.T) {
	static(t)
	sts := startSTS(t)
	var key atomic.Pointer[string]
	expired := atomic.Bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		auth := r.Header.Get("Authorization")
		key.Store(&auth)
		if expired.Load() {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"__type":"ExpiredTokenException"}`)
		}
	}))
	defer server.Close()
	s := session(t, awsapi.SessionOptions{})
	target := awsapi.Target{Service: awsapi.SQS, Endpoint: server.URL, Identity: awsapi.Identity{RoleARN: "arn:aws:iam::111122223333:role/bridge", ExternalID: "ext"}}
	signedBy := func(name string) {
		t.Helper()
		if f := call(t, s, target); f != nil {
			t.Fatal(f)
		}
		if !strings.Contains(*key.Load(), "Credential="+name+"/") {
			t.Errorf("signed by %s, want %s", *key.Load(), name)
		}
	}
	signedBy("ROLE1")
	signedBy("ROLE1")
	form := *sts.form.Load()
	if form.Get("RoleSessionName") != "sluice" || form.Get("ExternalId") != "ext" || form.Get("DurationSeconds") != "3600" {
		t.Errorf("asked STS for %v", form)
	}
	expired.Store(true)
	if f := call(t, s, target); f == nil || f.Class != sink.Credentials {
		t.Fatalf("expired: %v", f)
	}
	expired.Store(false)
	signedBy("ROLE2")
}

func TestRefusedRoleHasTheClassOfItsCause(t *testing.T) {
	for _, row := range []struct {
		status, code string
		class        sink.Class
	}{
		{"403", "AccessDenied", sink.Credentials},
		{"403", "ExpiredToken", sink.Credentials},
		{"400", "Throttling", sink.Throttled},
		{"500", "InternalFailure", sink.Transient},
	} {
		t.Run(row.code, func(t *testing.T) {
			static(t)
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			sts := startSTS(t)
			sts.broken.Store(&[2]string{row.status, row.code})
			f := call(t, session(t, awsapi.SessionOptions{}), awsapi.Target{Service: awsapi.SQS, Endpoint: "http://127.0.0.1:1", Identity: awsapi.Identity{RoleARN: "arn:aws:iam::111122223333:role/bridge"}})
			if f == nil || f.Class != row.class || f.Code != awsapi.CodeCredentials {
				t.Errorf("%v, want %v", f, row.class)
			}
		})
	}
}

// TestIllegibleCredentialsAreNotSent: what no header can carry is no request, but a failure that says so.
func TestIllegibleCredentialsAreNotSent(t *testing.T) {
	for name, keys := range map[string][2]string{
		"session token": {"AKIDEXAMPLE", "first line\r\nX-Second: line"},
		"access key id": {"AKID EXAMPLE", ""},
	} {
		t.Run(name, func(t *testing.T) {
			static(t)
			t.Setenv("AWS_ACCESS_KEY_ID", keys[0])
			t.Setenv("AWS_SESSION_TOKEN", keys[1])
			f := call(t, session(t, awsapi.SessionOptions{}), awsapi.Target{Service: awsapi.SQS, Endpoint: "http://127.0.0.1:1"})
			if f == nil || f.Class != sink.Credentials || f.Code != awsapi.CodeCredentials || !strings.Contains(f.Message, "the "+name) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestCredentialsOfARoleAreUsedOnWhileSTSFails: credentials about to end are used on while they cannot be renewed.
func TestCredentialsOfARoleAreUsedOnWhileSTSFails(t *testing.T) {
	static(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	sts := startSTS(t)
	sts.life = time.Minute // within the window of renewal from the start
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	s := session(t, awsapi.SessionOptions{})
	target := awsapi.Target{Service: awsapi.SQS, Endpoint: server.URL, Identity: awsapi.Identity{RoleARN: "arn:aws:iam::111122223333:role/bridge"}}
	if f := call(t, s, target); f != nil {
		t.Fatal(f)
	}
	sts.broken.Store(&[2]string{"500", "InternalFailure"})
	if f := call(t, s, target); f != nil {
		t.Errorf("refused while the old credentials last: %v", f)
	}
}
