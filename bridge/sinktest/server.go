package sinktest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Step is what the server does with one send. The zero value accepts every entry.
type Step struct {
	// Outcomes, by position; entries beyond its end are accepted.
	Outcomes []Outcome
	// Error answers with a call-level error.
	Error *Error
	// Reply answers with just that.
	Reply *Reply
	// Silence never answers; Reset breaks the connection. Both have read the request.
	Silence, Reset bool
	// Cut breaks off within the body of the answer.
	Cut bool
}

// Received is a send as it came in.
type Received struct {
	Header  http.Header
	Entries []Sent
}

// Server is an endpoint that does as it is told.
type Server struct {
	URL  string
	wire Wire
	http *httptest.Server

	mu       sync.Mutex
	steps    []Step
	received []Received
	lookups  *Error // answers look-ups instead of a description
	fifo     bool
	limit    int
	problems []string

	arrived     chan struct{} // one element a send that is met with silence
	keys        atomic.Int64  // credentials handed out
	noKeys      atomic.Bool
	connections atomic.Int64
}

// credentialsPath is where the server plays the container credentials endpoint.
const credentialsPath = "/credentials"

// start starts a server for one case and points the AWS SDK's environment at it.
func start(t *testing.T, w Wire) *Server {
	s := &Server{wire: w, arrived: make(chan struct{}, 64)}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.http.Start()
	s.URL = s.http.URL
	t.Cleanup(s.close)
	Environment(t)
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", s.URL+credentialsPath)
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, p := range s.problems {
			t.Error(p)
		}
	})
	return s
}

// Environment hides the machine's AWS configuration from a test.
func Environment(t testing.TB) {
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_STS",
		"AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"HTTP_PROXY", "HTTPS_PROXY",
	} {
		t.Setenv(name, "") // so that it is put back
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_REGION", "eu-west-1")
}

func (s *Server) close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// script says what happens to the next sends.
func (s *Server) script(steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, steps...)
}

// describe says what look-ups are told.
func (s *Server) describe(fifo bool, limit int, err *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fifo, s.limit, s.lookups = fifo, limit, err
}

// sends returns what has come in so far.
func (s *Server) sends() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.received...)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == credentialsPath {
		s.serveCredentials(w)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	operation, entries, err := s.wire.Decode(r, body)
	if err != nil {
		s.problem("decoding a request: %v", err)
		w.WriteHeader(http.StatusTeapot)
		return
	}
	s.mu.Lock()
	if operation != s.wire.SendOperation() {
		reply := s.wire.Describe(operation, s.fifo, s.limit)
		if s.lookups != nil {
			reply = s.wire.Error(*s.lookups)
		}
		s.mu.Unlock()
		w.Header().Set("Connection", "close") // a later case wants no idle connection
		reply.write(w)
		return
	}
	s.received = append(s.received, Received{Header: r.Header, Entries: entries})
	var step Step
	if len(s.steps) > 0 {
		step, s.steps = s.steps[0], s.steps[1:]
	}
	s.mu.Unlock()
	s.perform(w, r, step, entries)
}

// problem notes what fails the test once it ends.
func (s *Server) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *Server) perform(w http.ResponseWriter, r *http.Request, step Step, entries []Sent) {
	switch {
	case step.Silence:
		s.arrived <- struct{}{}
		<-r.Context().Done()
		return
	case step.Reset:
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			s.problem("taking over a connection: %v", err)
			return
		}
		if err := conn.(*net.TCPConn).SetLinger(0); err != nil { // close by reset
			s.problem("setting linger: %v", err)
		}
		_ = conn.Close()
		return
	case step.Error != nil:
		s.wire.Error(*step.Error).write(w)
		return
	case step.Reply != nil:
		step.Reply.write(w)
		return
	}
	outcomes := make([]Outcome, len(entries))
	copy(outcomes, step.Outcomes)
	reply := s.wire.Results(outcomes)
	if step.Cut {
		w.Header().Set("Content-Length", fmt.Sprint(len(reply.Body)))
		reply.Body = reply.Body[:len(reply.Body)/2]
	}
	reply.write(w)
}

func (r Reply) write(w http.ResponseWriter) {
	for name, value := range r.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(r.Status)
	_, _ = io.WriteString(w, r.Body) // the client may have left
}

// serveCredentials hands out new keys at each call: KEY1, KEY2, …
func (s *Server) serveCredentials(w http.ResponseWriter) {
	if s.noKeys.Load() {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	n := s.keys.Add(1)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"AccessKeyId":"KEY%d","SecretAccessKey":"secret%d","Token":"token%d","Expiration":%q}`,
		n, n, n, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
}
