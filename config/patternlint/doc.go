// Package patternlint warns of event patterns that are right and probably mean something else than they seem to. It may
// import config/yamldoc and internal packages alone.
package patternlint
