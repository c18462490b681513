package demo

import (
	"bytes"
	_ "embed"
)

//go:embed demo.yaml
var file []byte

// File is the demo's own bridge.yaml.
func File() []byte { return bytes.Clone(file) }
