package demo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// logFile is the bridge's log; its warnings are shown as well.
type logFile struct {
	path string
	file *os.File

	mu    sync.Mutex
	count int // of all warnings
	tail  []string
}

// keptWarnings is how many warnings stand beneath the table.
const keptWarnings = 3

// openLog begins a log in a directory of its own.
func openLog() (*logFile, *zap.Logger, error) {
	dir, err := os.MkdirTemp("", "sluice-demo-")
	if err != nil {
		return nil, nil, fmt.Errorf("making a directory for the log: %w", err)
	}
	l := &logFile{path: filepath.Join(dir, "bridge.log")}
	if l.file, err = os.Create(l.path); err != nil {
		return nil, nil, fmt.Errorf("opening the log: %w", err)
	}
	zc := zap.NewProductionEncoderConfig()
	zc.TimeKey = "time"
	zc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	zc.EncodeDuration = zapcore.StringDurationEncoder
	toFile := zapcore.NewCore(zapcore.NewJSONEncoder(zc), l.file, zapcore.InfoLevel)
	brief := zapcore.EncoderConfig{MessageKey: "message", NameKey: "name", EncodeDuration: zapcore.StringDurationEncoder, EncodeTime: zapcore.RFC3339TimeEncoder, ConsoleSeparator: "  "}
	toTail := zapcore.NewCore(zapcore.NewConsoleEncoder(brief), zapcore.AddSync(l), zapcore.WarnLevel)
	return l, zap.New(zapcore.NewTee(toFile, toTail)), nil
}

// Write takes one warning. Troubles are told from the bridge's board, for as long as they last.
func (l *logFile) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("unhealthy")) {
		return len(p), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	l.tail = append(l.tail, strings.TrimSpace(string(p)))
	if len(l.tail) > keptWarnings {
		l.tail = l.tail[1:]
	}
	return len(p), nil
}

// warnings returns the last warnings, and how many there were in all.
func (l *logFile) warnings() ([]string, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.tail), l.count
}

// remove takes the log away.
func (l *logFile) remove() {
	_ = l.file.Close()
	_ = os.RemoveAll(filepath.Dir(l.path))
}
