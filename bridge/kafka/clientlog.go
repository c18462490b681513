package kafka

import (
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/plugin/kzap"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// ClientLogger passes on the client's own warnings, each of them once a minute.
func ClientLogger(log *zap.Logger) kgo.Logger {
	return &seldom{told: map[string]*repetition{}, Logger: kzap.New(log.Named("kafka"), kzap.LevelFn(func() kgo.LogLevel {
		if log.Core().Enabled(zapcore.DebugLevel) {
			return kgo.LogLevelInfo
		}
		return kgo.LogLevelWarn
	}))}
}

// repeatAfter is how often a warning of the client is logged while it goes on: its attempts to reach
// a broker that is away are many.
const repeatAfter = time.Minute

// seldom thins out the warnings and errors of a logger by their text, which is one of few.
type seldom struct {
	kgo.Logger

	mu   sync.Mutex
	told map[string]*repetition
}

// repetition is when a text was last logged, and how often not since.
type repetition struct {
	at     time.Time
	unsaid int
}

// Log implements kgo.Logger.
func (s *seldom) Log(level kgo.LogLevel, text string, fields ...any) {
	if level != kgo.LogLevelWarn && level != kgo.LogLevelError {
		s.Logger.Log(level, text, fields...)
		return
	}
	unsaid, tell := s.due(text, time.Now())
	if !tell {
		return
	}
	if unsaid > 0 {
		fields = append(slices.Clone(fields), "repeated", unsaid)
	}
	s.Logger.Log(level, text, fields...)
}

// due says whether a text is to be logged now, and how often it was not since it last was.
func (s *seldom) due(text string, now time.Time) (unsaid int, tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.told[text]
	if r != nil && now.Sub(r.at) < repeatAfter {
		r.unsaid++
		return 0, false
	}
	if r != nil {
		unsaid = r.unsaid
	}
	s.told[text] = &repetition{at: now}
	return unsaid, true
}
