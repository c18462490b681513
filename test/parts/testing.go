package parts

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
)

// The variables by which cmd/parts tells tests where the shared servers are, and that
// a test without its server has to fail.
const (
	EnvKafka     = "SLUICE_TEST_KAFKA"
	EnvElasticMQ = "SLUICE_TEST_ELASTICMQ"
	EnvMoto      = "SLUICE_TEST_MOTO"
	EnvRequire   = "SLUICE_TEST_REQUIRE_PARTS"
)

// Kafka is the host:port of a broker shared with other tests: use topics and groups
// of your own. Without one in $SLUICE_TEST_KAFKA it starts one that lives as long as
// any test of this binary uses it. Where that is impossible the test is skipped, or
// fails if $SLUICE_TEST_REQUIRE_PARTS is 1. Under -short it is skipped.
func Kafka(t testing.TB) string {
	t.Helper()
	return sharedKafka.addr(t, EnvKafka)
}

// ElasticMQ is the URL of a shared SQS server; see [Kafka].
func ElasticMQ(t testing.TB) string {
	t.Helper()
	return sharedElasticMQ.addr(t, EnvElasticMQ)
}

// Moto is the URL of a shared server of SQS, SNS and STS; see [Kafka].
func Moto(t testing.TB) string {
	t.Helper()
	return sharedMoto.addr(t, EnvMoto)
}

// OwnKafka starts a broker for this test alone, to be killed, stalled and restarted
// at will. It is stopped when the test ends, and its log shown if the test failed.
func OwnKafka(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return own(t, "Kafka", StartKafka, opts)
}

// OwnElasticMQ starts an SQS server for this test alone; see [OwnKafka].
func OwnElasticMQ(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return own(t, "ElasticMQ", StartElasticMQ, opts)
}

// OwnMoto starts a server of SQS, SNS and STS for this test alone; see [OwnKafka].
func OwnMoto(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return own(t, "Moto", StartMoto, opts)
}

type starter func(context.Context, string, ...Option) (*Server, error)

func own(t testing.TB, name string, start starter, opts []Option) *Server {
	t.Helper()
	skipShort(t, name)
	s, err := start(t.Context(), t.TempDir(), opts...)
	if err != nil {
		unavailable(t, err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("%s's log ends:\n%s", name, s.LogTail(50))
		}
	})
	return s
}

// shared is a server that the tests of one binary use together: the first to ask
// starts it and the last to finish stops it, so no process and no file stays behind.
type shared struct {
	name  string
	start starter
	url   bool

	mu     sync.Mutex
	users  int
	server *Server
	dir    string
}

var (
	sharedKafka     = &shared{name: "Kafka", start: StartKafka}
	sharedElasticMQ = &shared{name: "ElasticMQ", start: StartElasticMQ, url: true}
	sharedMoto      = &shared{name: "Moto", start: StartMoto, url: true}
)

func (s *shared) addr(t testing.TB, variable string) string {
	t.Helper()
	skipShort(t, s.name)
	if addr := os.Getenv(variable); addr != "" {
		return addr
	}
	server, err := s.acquire()
	if err != nil {
		unavailable(t, err)
	}
	t.Cleanup(func() {
		if err := s.release(); err != nil {
			t.Error(err)
		}
	})
	if s.url {
		return server.URL()
	}
	return server.Addr
}

func (s *shared) acquire() (*Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		dir, err := os.MkdirTemp("", "sluice-parts-")
		if err != nil {
			return nil, err
		}
		// Not bound to the test that comes first: others go on using the server.
		server, err := s.start(context.Background(), dir)
		if err != nil {
			_ = os.RemoveAll(dir)
			return nil, err
		}
		s.server, s.dir = server, dir
	}
	s.users++
	return s.server, nil
}

func (s *shared) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users > 0 {
		return nil
	}
	err := s.server.Stop()
	_ = os.RemoveAll(s.dir)
	s.server = nil
	return err
}

func skipShort(t testing.TB, name string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("needs %s, which -short leaves out; `make test` runs it", name)
	}
}

// unavailable skips a test only for a missing download. A server that is there and
// does not start is a failure.
func unavailable(t testing.TB, err error) {
	t.Helper()
	if skippable(err, os.Getenv(EnvRequire)) {
		t.Skip(err)
	}
	t.Fatal(err)
}

func skippable(err error, require string) bool {
	return require != "1" && errors.Is(err, ErrNotSetUp)
}
