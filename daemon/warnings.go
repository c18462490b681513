package daemon

import (
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
)

// LogWarnings logs what is strange about a configuration, and no mistake.
func LogWarnings(log *zap.Logger, cfg *config.Config) {
	for _, w := range cfg.Warnings {
		log.Warn("configuration warning", zap.String("place", w.Path), zap.String("problem", w.Message))
	}
}
