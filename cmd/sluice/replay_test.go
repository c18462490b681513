package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/resend/replay"
)

// The command that goes on is one that a shell takes apart as it was meant.
func TestCommandThatGoesOnSuitsAShell(t *testing.T) {
	o := &replayOptions{resendOptions: resendOptions{config: "my bridge.yaml", rules: []string{"it's"}, destinations: []string{"ledger"}, rate: 5,
		since: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)}, maxBatch: 1 << 30}
	r := &replaying{&resending{}, o, &replay.Plan{Request: replay.Request{ID: "abc"}}}
	got := r.command([]replay.Left{{Topic: "orders", Partition: 3, First: 7, Last: 9}})
	const want = `sluice replay -c 'my bridge.yaml' --id abc --from 2026-01-02T03:04:05.000000006Z --rule 'it'\''s' --destination ledger --rate 5 --offset orders/3:7-9 --max-batch-bytes 1GiB`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// What Kafka has not, and who does not answer, is one sentence.
func TestWhyNothingIsResentIsOneSentence(t *testing.T) {
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"numbers": 2, "orders-bridge.dead-letter": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(k.Addresses()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for i := range 5 {
		if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "numbers", Value: fmt.Append(nil, i)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.ReplaceAll(liveConfig, "[TOPIC]", "[numbers, gone]")
	file := liveFile(t, text, k.Addresses()[0])
	silent := liveFile(t, text, "127.0.0.1:1")
	elsewhere := liveFile(t, text+"dead_letter: {kafka: nowhere}\n", k.Addresses()[0])
	for _, c := range []struct {
		line string
		code int
		want string
	}{
		{"replay --dry-run -c " + file + " --topic gone", exitFailed, "topic gone does not exist"},
		{"replay --dry-run -c " + file + " --topic others", exitUsage, "topic others is not read under this configuration"},
		{"replay --dry-run -c " + file + " --topic numbers --offset 0:3-9", exitFailed, "numbers/0 can be read from 0 to 4"},
		{"replay --dry-run -c " + file + " --topic numbers --offset 1:0", exitFailed, "numbers/1 is empty"},
		{"replay --dry-run -c " + silent + " --topic numbers --timeout 300ms", exitFailed, "sluice validate --connect says more"},
		{"redrive --dry-run -c " + silent + " --timeout 300ms", exitFailed, "sluice validate --connect says more"},
		{"redrive --dry-run -c " + elsewhere, exitFailed, "the dead-letter topic nowhere does not exist"},
		{"redrive -c " + file, 0, "there is nothing to send"},
		{"replay -y -c " + file + " --topic numbers --destination ledger --timeout 2s", exitFailed, "destination ledger cannot be opened"},
	} {
		t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
		got := sluice("", strings.Fields(c.line)...)
		if got.code != c.code || !strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: exit %d\n%s%s", c.line, got.code, got.stdout, got.stderr)
		}
	}
	if got := sluice("", "redrive", "--yes", "--json", "-c", file); got.code != 0 || !strings.Contains(got.stdout, `"goes":0`) {
		t.Errorf("nothing to redrive: exit %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if n := len(must(kadm.NewClient(client).ListGroups(t.Context())).Groups()); n != 0 {
		t.Errorf("%d groups, of commands that only look", n)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The counts before a replay are by what comes of the records: messages by destination and rule, one
// that cannot be built, and what is not sent, by why.
func TestReplayCountsByWhatComesOfRecords(t *testing.T) {
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"numbers": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(k.Addresses()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, v := range []string{`{"n":1,"a":1}`, `{"n":1,"a":1}`, `{"n":1,"a":0}`, `{"n":2}`, `{"n":3}`, `{"n":9}`, `{"n":"x"}`} {
		if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "numbers", Value: []byte(v)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	file := liveFile(t, `
kafka: {brokers: ["localhost:9092"], group: g}
aws: {region: eu-west-1}
destinations: {one: {sqs: one}, two: {sqs: two}}
rules:
  - {name: first, topics: [numbers], match: {n: [1]}, to: [one], attributes: {inverse: string(1 / value.a)}, continue: true}
  - {name: second, match: {n: [1, 2]}, to: [one, two]}
  - {name: none, match: {n: [3]}, drop: true}
  - {name: text, when: 'value.n > 100', to: [two]}
`, k.Addresses()[0])
	for _, c := range []struct {
		flags string
		want  []string
	}{
		{"", []string{"2  numbers: to one, by first", "1  numbers: to one, by first: a dead letter, encode_failed", "1  numbers: to one, by second", "4  numbers: to two, by second",
			"1  numbers: not sent: dropped", "1  numbers: not sent: unmatched", "1  numbers: not sent: rule_error"}},
		{"--rule second --destination one", []string{"1  numbers: to one, by second", "3  numbers: not sent: filtered"}},
	} {
		got := sluice("", append([]string{"replay", "-c", file, "--topic", "numbers", "--dry-run"}, strings.Fields(c.flags)...)...)
		for _, want := range c.want {
			if !strings.Contains(got.stdout, want+"\n") {
				t.Errorf("%s: no %q in\n%s%s", c.flags, want, got.stdout, got.stderr)
			}
		}
		if got.code != 0 || strings.Count(got.stdout, "\n") < len(c.want) {
			t.Errorf("%s: exit %d, %s", c.flags, got.code, got.stderr)
		}
	}
}
