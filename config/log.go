package config

// Log is what is logged, and how.
type Log struct {
	Level  LogLevel  `key:"level" default:"info" doc:"The least severe messages to log."`
	Format LogFormat `key:"format" default:"json" doc:"json for machines, console for people."`
}

// LogLevel is the least severity that is logged; zap reads it as it is.
type LogLevel string

// LogFormat is how log lines look.
type LogFormat string

// The formats of log lines.
const (
	LogJSON    LogFormat = "json"
	LogConsole LogFormat = "console"
)

// OneOf implements [yamlconf.Choice].
func (LogLevel) OneOf() (noun string, values []string) {
	return "a log level", []string{"debug", "info", "warn", "error"}
}

// OneOf implements [yamlconf.Choice].
func (LogFormat) OneOf() (noun string, values []string) {
	return "a log format", []string{"json", "console"}
}
