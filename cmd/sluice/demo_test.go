package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/config"
)

func runDemoCommand(t *testing.T, args ...string) (string, error) {
	t.Helper()
	// What a user may have set must not matter.
	t.Setenv("AWS_PROFILE", "nobody-has-this")
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAREALKEY")
	t.Setenv("SLUICE_KAFKA__BROKERS", "127.0.0.1:1")
	t.Setenv("SLUICE_NO__SUCH__SETTING", "x")
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(append([]string{"demo"}, args...))
	err := root.ExecuteContext(t.Context())
	if got := os.Getenv("AWS_PROFILE"); got != "nobody-has-this" {
		t.Errorf("AWS_PROFILE is %q afterwards", got)
	}
	return out.String(), err
}

func TestDemoSaysWhatItShows(t *testing.T) {
	out, err := runDemoCommand(t, "--for", "3s", "--rate", "400", "--seed", "11")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		`(?m)^Kafka at 127\.0\.0\.1:\d+, SQS and SNS at http://127\.0\.0\.1:\d+`,
		`curl http://127\.0\.0\.1:\d+/metrics`,
		`--seed 11;`,
		`(?m)^00:\d\d(, .*)?  produced \d+  consumed \d+ \(\d+/s\)  lag \d+  acknowledged: alerts \d+, crm \d+, fulfilment \d+, ledger \d+, telemetry \d+  entries/request \S+  dead letters \d+$`,
		`(?m)^fulfilment +[1-9]\d* +[1-9]\d* +0 +0 +- +0 +0$`,
		`(?m)^ledger +[1-9]\d* +[1-9]\d* +0 +0 +0 +0 +0$`,
		`committed offsets: 15 of 15 partitions are at their end`,
		`(?m)^nothing lost, nothing duplicated, order kept\n\z`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if strings.ContainsRune(out, '\x1b') {
		t.Error("escape sequences where the output is no terminal")
	}
	if strings.Contains(out, "! dead-letter topic") {
		t.Errorf("a problem of the demo's own making in\n%s", out)
	}
}

func TestDemoRunsTheFileThatItWrote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.yaml")
	if out, err := runDemoCommand(t, "--write", path); err != nil || !strings.Contains(out, "sluice demo -c "+path) {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := runDemoCommand(t, "--write", path); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("writing over the file: %v", err)
	}
	// The file stands by itself as well.
	if cfg, err := config.Load(path, nil); err != nil || len(cfg.Warnings) > 0 {
		t.Errorf("the file has problems: %v %v", err, cfg.Warnings)
	}
	// A consumer group of its own, a queue by its URL at AWS, topics by expression, one topic that is
	// not read, dead letters to a queue, a role: and all of it in the demo's own places.
	edit(t, path,
		"ordering: strict", "ordering: batched\n    isolated: true",
		"sqs: fulfilment", "sqs: https://sqs.eu-west-1.amazonaws.com/444455556666/fulfilment",
		"topics: [customers]", `topics: ["/^custom/"]`,
		"kafka: sluice-demo.dead-letter", "destination: rejects",
		"destinations:", "destinations:\n  rejects: {sqs: rejects, assume_role: {arn: \"arn:aws:iam::111122223333:role/r\"}}",
		"topics: [telemetry]\n    to", "topics: [orders]\n    to",
		"topics:\n  telemetry: {format: bytes}", "topics:\n  orders: {format: json}",
	)
	out, err := runDemoCommand(t, "-c", path, "--for", "2s", "--rate", "500")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		`(?m)^rejects +0 +0 +0`,
		`(?m)^ledger +[1-9]\d* +[1-9]\d* +0 +0 +0 +0 +0$`,
		`committed offsets: 24 of 24 partitions are at their end`,
		`this run checks the way, not the rules`,
		`(?m)^nothing lost, nothing duplicated, order kept\n\z`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func edit(t *testing.T, path string, pairs ...string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(pairs); i += 2 {
		if strings.Count(text, "\n"+pairs[i])+strings.Count(text, " "+pairs[i]) == 0 {
			t.Fatalf("the file does not say %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestMistakesAreToldBeforeTheDemoStarts: mistakes are told in a sentence, before anything starts.
func TestMistakesAreToldBeforeTheDemoStarts(t *testing.T) {
	for _, args := range [][]string{{"--rate", "-1"}, {"-c", "no-such-file.yaml"}, {"x"}} {
		if out, err := runDemoCommand(t, args...); err == nil || strings.Contains(out, "Kafka at") {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
}
