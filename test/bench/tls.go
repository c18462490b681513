package main

import (
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
)

// certificate returns what an endpoint on loopback needs for TLS, and writes the file that clients
// have to trust.
func certificate(dir string) (*tls.Config, string, error) {
	// The certificate of net/http/httptest, which is its own authority and names 127.0.0.1.
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	file := filepath.Join(dir, "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return &tls.Config{Certificates: server.TLS.Certificates}, file, os.WriteFile(file, block, 0o644)
}
