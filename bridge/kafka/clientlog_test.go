package kafka

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// A warning that the client repeats is logged once a minute, with how often it was not.
func TestClientWarningsAreSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		log := ClientLogger(zap.New(core))
		for range 25 { // two minutes
			log.Log(kgo.LogLevelWarn, "no broker", "addr", "a:1")
			time.Sleep(5 * time.Second)
		}
		log.Log(kgo.LogLevelError, "something else")
		lines := logs.All()
		if len(lines) != 4 || lines[3].Message != "something else" {
			t.Fatalf("%v", lines)
		}
		for i, want := range []any{nil, int64(11), int64(11)} {
			if got := lines[i].ContextMap()["repeated"]; got != want {
				t.Errorf("line %d repeated %v, want %v", i, got, want)
			}
		}
	})
}
