package config

import (
	"bytes"
	_ "embed"
)

//go:embed starter.yaml
var starter []byte

// Starter returns a short configuration to begin with; `sluice init` writes it.
func Starter() []byte { return bytes.Clone(starter) }
