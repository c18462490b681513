package wiring

import (
	"fmt"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sluice-bridge/sluice/config"
)

// Logger returns a logger to standard error and the level that a reload may change. What
// repeats is sampled: per second the first hundred lines of one message, then each hundredth.
func Logger(cfg config.Log) (*zap.Logger, zap.AtomicLevel, error) {
	level, err := zap.ParseAtomicLevel(string(cfg.Level))
	if err != nil {
		return nil, level, fmt.Errorf("log.level: %w", err)
	}
	zc := zap.NewProductionConfig()
	zc.Level = level
	zc.Encoding = string(cfg.Format)
	zc.DisableCaller = true
	zc.DisableStacktrace = true
	zc.Sampling = &zap.SamplingConfig{Initial: 100, Thereafter: 100}
	zc.EncoderConfig.TimeKey = "time"
	zc.EncoderConfig.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	zc.EncoderConfig.EncodeDuration = zapcore.StringDurationEncoder
	if cfg.Format == "console" {
		zc.EncoderConfig.EncodeTime = zapcore.TimeEncoderOfLayout(time.TimeOnly + ".000")
		zc.EncoderConfig.EncodeLevel = zapcore.CapitalLevelEncoder
	}
	log, err := zc.Build()
	return log, level, err
}
