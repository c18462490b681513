package embedded

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/demo"
)

// own is the demo's own configuration.
var own = Options{Data: demo.File(), Name: "demo.yaml", Own: true}

// TestOracleAgreesWithTheRouter holds the demo's own idea of its rules against the router's.
func TestOracleAgreesWithTheRouter(t *testing.T) {
	at := demo.Addresses{Kafka: []string{"127.0.0.1:1"}, AWS: "http://127.0.0.1:1", Admin: "127.0.0.1:1"}
	b, err := Loader(own)(at, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse(demo.File(), "demo.yaml", environment(nil, at))
	if err != nil {
		t.Fatal(err)
	}
	route, err := routeBy(cfg)
	if err != nil {
		t.Fatal(err)
	}
	oracle, err := demo.NewOracle(b.Destinations)
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	stream := demo.NewStream(seed)
	for i := range 30_000 {
		e := stream.Next()
		record := &kgo.Record{Topic: e.Topic, Key: e.Key, Value: e.Value, Headers: e.Headers, Offset: int64(i), Timestamp: time.Now()}
		want, got := oracle.Due(&e), route(record)
		if want.Deliver != got.Deliver || want.DeadLetters != got.DeadLetters || want.Lost != got.Lost {
			t.Fatalf("seed %d, event %d: the oracle says %+v and the router %+v: %.300s", seed, i, want, got, e.Value)
		}
		for _, group := range want.Groups {
			if !slices.Contains(got.Groups, group) {
				t.Fatalf("seed %d, event %d: the oracle says group %v and the router %v", seed, i, group, got.Groups)
			}
		}
	}
}

// TestStrayMessagesAreFound has the bridge do what the oracle does not expect.
func TestStrayMessagesAreFound(t *testing.T) {
	changed := bytes.Replace(demo.File(), []byte("drop: true"), []byte("to: [telemetry]"), 1)
	load := Loader(Options{Data: changed, Name: "my.yaml"})
	defer demo.Isolate()()
	var out bytes.Buffer
	err := demo.Run(t.Context(), t.Context(), demo.Options{
		Out: &out, Rate: 500, For: time.Second, Seed: 3,
		Load: func(at demo.Addresses, log *zap.Logger) (*demo.Bridge, error) {
			b, err := load(at, log)
			if err == nil {
				b.Route = nil
			}
			return b, err
		},
	})
	if !errors.Is(err, demo.ErrCheck) {
		t.Errorf("the error is %v", err)
	}
	for _, want := range []string{`(?m)^NOT GOOD: \d+ stray$`, `/\d+ does not belong to telemetry`, `the bridge's log: .*bridge\.log`} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}

// TestSecondStopEndsTheDemoAtOnce: the first Ctrl-C ends in good order, the second at once.
func TestSecondStopEndsTheDemoAtOnce(t *testing.T) {
	for _, atOnce := range []bool{false, true} {
		restore := demo.Isolate()
		t.Setenv("TMPDIR", t.TempDir())
		stop, cancelStop := context.WithCancel(t.Context())
		abort, cancelAbort := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, func() {
			cancelStop()
			if atOnce {
				cancelAbort()
			}
		})
		var out bytes.Buffer
		err := demo.Run(stop, abort, demo.Options{Out: &out, Rate: 300, Seed: 4, Load: Loader(own)})
		good := strings.HasSuffix(out.String(), "\nnothing lost, nothing duplicated, order kept\n")
		if atOnce == good || atOnce == (err == nil) {
			t.Errorf("at once %v: %v\n%s", atOnce, err, out.String())
		}
		if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
			t.Errorf("at once %v: %v is left", atOnce, left)
		}
		cancelAbort()
		restore()
	}
}
