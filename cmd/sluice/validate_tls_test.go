package main

import (
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/sluice-bridge/sluice/fake"
)

// Brokers that are dialled by address show a certificate for that address, or for server_name.
func TestConnectChecksCertificates(t *testing.T) {
	server := httptest.NewTLSServer(nil) // for its certificate: 127.0.0.1, ::1 and example.com
	defer server.Close()
	w := newWorld(t, fake.KafkaOptions{Topics: map[string]int32{"orders": 3, "iot.a": 1}, Extra: []kfake.Opt{kfake.TLS(&tls.Config{
		Certificates: server.TLS.Certificates, MinVersion: tls.VersionTLS12,
	})}}, fake.Options{Queues: []string{"fulfilment", "ledger.fifo"}, Topics: []string{"alerts"}})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ more, want string }{
		"by address":       {", ca_file: " + ca, ""},
		"by name":          {", ca_file: " + ca + ", server_name: example.com", ""},
		"for another name": {", ca_file: " + ca + ", server_name: broker.example", "FAIL  kafka.tls: the brokers' certificate is for another name ("},
		"for another one":  {", ca_file: " + ca + ", server_name: 10.0.0.1", "FAIL  kafka.tls: the brokers' certificate is for another name ("},
		"of nobody known":  {"", "FAIL  kafka.tls: the brokers' certificate is signed by nobody known ("},
	} {
		got := sluice("", "validate", "-c", w.file(t, " EXTRA", ", tls: {enabled: true"+c.more+"}"), "--connect")
		failed := got.failures()
		if (len(failed) == 0) != (c.want == "") || len(failed) > 0 && !strings.HasPrefix(failed[0], c.want) {
			t.Errorf("%s: %q, want %q\n%s", name, failed, c.want, got.stderr)
		}
	}
}
