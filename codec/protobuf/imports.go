package protobuf

import (
	"embed"
	"io"
)

// Producers may import these files without a reference to them: Confluent's serializers have them
// built in and do not register them. Of each only what decoding needs is here.
//
//go:embed imports
var knownImports embed.FS

func openKnownImport(path string) (io.ReadCloser, error) {
	return knownImports.Open("imports/" + path)
}
