package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/doctor/report"
	"github.com/sluice-bridge/sluice/fake"
)

// world is what a configuration of these tests refers to.
type world struct {
	aws   *fake.AWS
	kafka *fake.Kafka
}

func newWorld(t *testing.T, kafka fake.KafkaOptions, aws fake.Options) world {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	a, err := fake.StartAWS(aws)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	k, err := fake.StartKafka(kafka)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return world{a, k}
}

// usual is a world in which all is well.
func usual(t *testing.T) world {
	return newWorld(t, fake.KafkaOptions{Topics: map[string]int32{"orders": 3, "iot.a": 1, "iot.b": 1}},
		fake.Options{Queues: []string{"fulfilment", "ledger.fifo"}, Topics: []string{"alerts"}})
}

const connected = `
kafka: {brokers: [BROKERS], group: orders-bridge EXTRA}
aws: {region: eu-west-1, endpoint: "URL"}
destinations:
  fulfilment: {sqs: fulfilment}
  ledger: {sqs: "arn:aws:sqs:eu-west-1:111122223333:ledger.fifo", isolated: true}
  alerts: {sns: "arn:aws:sns:eu-west-1:111122223333:alerts"}
rules:
  - {topics: [orders, "/^iot\\./"], to: [fulfilment, ledger, alerts]}
`

// file writes the configuration, changed by pairs of old and new.
func (w world) file(t *testing.T, replace ...string) string {
	t.Helper()
	text := strings.NewReplacer(replace...).Replace(connected)
	text = strings.NewReplacer("BROKERS", strings.Join(w.kafka.Addresses(), ","), "URL", w.aws.URL, " EXTRA", "").Replace(text)
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lines are the checks among the output of validate --connect.
func (r result) lines() []string {
	_, checks, _ := strings.Cut(r.stdout, "\n\n")
	_, checks, _ = strings.Cut(checks, "\n\n")
	return strings.Split(strings.TrimSuffix(checks, "\n"), "\n")
}

// failures are the checks that failed.
func (r result) failures() []string {
	var all []string
	for _, line := range r.lines() {
		if strings.HasPrefix(line, "FAIL") {
			all = append(all, line)
		}
	}
	return all
}

func TestConnectTellsAllThatIsWell(t *testing.T) {
	w := usual(t)
	got := sluice("", "validate", "-c", w.file(t), "--connect")
	want := []string{
		`ok    kafka.brokers: the broker answers`,
		`ok    topics.orders: topic orders has 3 partitions`,
		`ok    topics./^iot\./: /^iot\./ matches 2 topics`,
		`ok    kafka.group: group orders-bridge is new, and begins at earliest`,
		`ok    kafka.group: group orders-bridge.ledger is new, and begins at the offsets of group orders-bridge`,
		`ok    dead_letter.kafka: dead-letter topic orders-bridge.dead-letter is missing and can be created`,
		`ok    destinations.alerts: topic alerts exists and takes messages of up to 262144 bytes`,
		`ok    destinations.fulfilment: queue fulfilment exists and takes messages of up to 1048576 bytes`,
		`ok    destinations.ledger: FIFO queue ledger.fifo exists and takes messages of up to 1048576 bytes`,
		`note  destinations: the right sqs:SendMessage cannot be tested without sending`,
		`note  destinations: the right sns:Publish cannot be tested without sending`,
	}
	lines := got.lines()
	if got.code != 0 || got.stderr != "" || len(lines) != len(want) {
		t.Fatalf("exit %d, error %q\n%s", got.code, got.stderr, got.stdout)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("line %d is %q, want %q", i+1, lines[i], want[i])
		}
	}
	// Nothing was sent and nothing was made.
	if again := sluice("", "validate", "-c", w.file(t), "--connect"); again.stdout[len(again.stdout)-400:] != got.stdout[len(got.stdout)-400:] {
		t.Errorf("a second time:\n%s", again.stdout)
	}
}

// A destination that is no longer isolated gets what its own group had still to send.
func TestConnectTellsWhatIsHandedOver(t *testing.T) {
	w := usual(t)
	w.commit(t, map[string]kadm.Offset{"orders-bridge": {At: 100}, "orders-bridge.ledger": {At: 40}})
	const want = "note  kafka.group: group orders-bridge.ledger is behind group orders-bridge by 60 records at most; destination ledger is no longer isolated, and will be caught up"
	if got := sluice("", "validate", "-c", w.file(t, ", isolated: true", ""), "--connect"); got.code != 0 || !strings.Contains(got.stdout, want) {
		t.Errorf("exit %d\n%s", got.code, got.stdout)
	}
	const isolated = "note  kafka.group: group orders-bridge.ledger is behind another by 60 records at most, in 1 partition; rules that are moved"
	if got := sluice("", "validate", "-c", w.file(t), "--connect"); strings.Contains(got.stdout, "no longer isolated") || !strings.Contains(got.stdout, isolated) {
		t.Errorf("of a destination that is isolated:\n%s", got.stdout)
	}
}

// So does one that has the address of a destination that is no more.
func TestConnectTellsWhatARenamedDestinationGets(t *testing.T) {
	w := usual(t)
	reach := progress.Progress{Isolated: map[string]int64{"books": 0},
		Resources: map[string]progress.ResourceID{"books": progress.NewResourceID("sqs", "eu-west-1", "111122223333", "ledger.fifo")}}
	w.commit(t, map[string]kadm.Offset{"orders-bridge": {At: 100, Metadata: reach.Metadata("", 100)}, "orders-bridge.books": {At: 40}})
	const want = "note  kafka.group: group orders-bridge.books is behind group orders-bridge by 60 records at most; its destination was removed, and ledger, which has its address, will get them"
	if got := sluice("", "validate", "-c", w.file(t, ", isolated: true", ""), "--connect"); got.code != 0 || !strings.Contains(got.stdout, want) {
		t.Errorf("exit %d\n%s", got.code, got.stdout)
	}
}

// What a newer version has committed keeps this one from starting.
func TestConnectRefusesWhatANewerVersionCommitted(t *testing.T) {
	w := usual(t)
	w.commit(t, map[string]kadm.Offset{"orders-bridge": {At: 100, Metadata: `sluice - {"v":3}`}})
	const want = "FAIL  kafka.group: group orders-bridge: a newer version of Sluice has committed the offset of orders/0"
	if got := sluice("", "validate", "-c", w.file(t), "--connect"); got.code != 1 || !strings.Contains(got.stdout, want) {
		t.Errorf("exit %d\n%s", got.code, got.stdout)
	}
}

// commit sets the offsets of groups for the first partition of orders.
func (w world) commit(t *testing.T, groups map[string]kadm.Offset) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(w.kafka.Addresses()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for group, o := range groups {
		o.Topic, o.LeaderEpoch = "orders", -1
		offsets := kadm.Offsets{}
		offsets.Add(o)
		if err := kadm.NewClient(client).CommitAllOffsets(t.Context(), group, offsets); err != nil {
			t.Fatal(err)
		}
	}
}

// A dead-letter topic that may be too narrow for what is read is no failure, and told of.
func TestConnectTellsOfANarrowDeadLetterTopic(t *testing.T) {
	w := newWorld(t, fake.KafkaOptions{Topics: map[string]int32{"orders": 3, "iot.a": 1, "orders-bridge.dead-letter": 1}},
		fake.Options{Queues: []string{"fulfilment", "ledger.fifo"}, Topics: []string{"alerts"}})
	got := sluice("", "validate", "-c", w.file(t), "--connect")
	const want = "note  dead_letter.kafka: topic orders-bridge.dead-letter takes 1048588 bytes and iot.a, which is read, takes 1048588"
	if got.code != 0 || !strings.Contains(got.stdout, want) || !strings.Contains(got.stdout, "--topic orders-bridge.dead-letter --add-config max.message.bytes=33554432") {
		t.Errorf("exit %d, want %q in\n%s", got.code, want, got.stdout)
	}
}

// Each thing that is wrong fails one check, which says what to do.
func TestConnectSaysWhatToDoOfEachFailure(t *testing.T) {
	for _, c := range []struct {
		name    string
		replace []string
		fault   *fake.Fault
		want    []string // substrings of the failures, in order
	}{
		{name: "missing topic", replace: []string{"[orders,", "[payments, orders,"},
			want: []string{"topics.payments: topic payments does not exist; create it"}},
		{name: "missing queue", replace: []string{"sqs: fulfilment", "sqs: nowhere"},
			want: []string{"destinations.fulfilment: queue nowhere does not exist in eu-west-1"}},
		{name: "missing queue by URL", replace: []string{"sqs: fulfilment", `sqs: "URL/111122223333/nowhere"`},
			want: []string{"queue nowhere does not exist in eu-west-1"}},
		{name: "missing SNS topic", replace: []string{":alerts", ":nowhere"},
			want: []string{"destinations.alerts: topic nowhere does not exist"}},
		{name: "another account", replace: []string{":111122223333:ledger", ":999999999999:ledger"},
			want: []string{"FIFO queue ledger.fifo does not exist in eu-west-1, or not in this account"}},
		{name: "several at once", replace: []string{"[orders,", "[payments, orders,", "sqs: fulfilment", "sqs: nowhere"},
			want: []string{"topic payments does not exist", "queue nowhere does not exist"}},
		{name: "expired", fault: &fake.Fault{Service: fake.SQS, Target: "fulfilment", Effect: fake.ExpiredToken()},
			want: []string{"queue fulfilment refuses credentials that have expired"}},
		{name: "unknown key", fault: &fake.Fault{Service: fake.SQS, Target: "fulfilment", Effect: fake.InvalidClientToken()},
			want: []string{"queue fulfilment refuses the credentials (InvalidClientTokenId"}},
		{name: "not to be found", fault: &fake.Fault{Service: fake.SQS, Action: "GetQueueUrl", Target: "fulfilment", Effect: fake.AccessDenied()},
			want: []string{"sqs:GetQueueUrl is not allowed (AccessDenied"}},
		{name: "not FIFO", fault: &fake.Fault{Service: fake.SQS, Action: "GetQueueAttributes", Target: "ledger.fifo", Effect: attributes(`{"VisibilityTimeout":"30"}`)},
			want: []string{"FIFO queue ledger.fifo is of another kind"}},
		{name: "FIFO", fault: &fake.Fault{Service: fake.SQS, Action: "GetQueueAttributes", Target: "fulfilment", Effect: attributes(`{"FifoQueue":"true"}`)},
			want: []string{"queue fulfilment is of another kind"}},
		{name: "silent queue", fault: &fake.Fault{Service: fake.SQS, Target: "fulfilment", Effect: fake.Silence()},
			want: []string{"queue fulfilment did not answer in time"}},
		{name: "role", replace: []string{"{sqs: fulfilment}", `{sqs: fulfilment, assume_role: {arn: "arn:aws:iam::111122223333:role/r"}}`},
			fault: &fake.Fault{Service: fake.STS, Effect: fake.AccessDenied()},
			want:  []string{"as role arn:aws:iam::111122223333:role/r"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := usual(t)
			t.Setenv("AWS_ENDPOINT_URL_STS", w.aws.URL)
			if c.fault != nil {
				w.aws.Inject(*c.fault)
			}
			got := sluice("", "validate", "-c", w.file(t, c.replace...), "--connect", "--timeout", "2s")
			failures := got.failures()
			if got.code != exitFailed || len(failures) != len(c.want) {
				t.Fatalf("exit %d, error %q\n%s", got.code, got.stderr, got.stdout)
			}
			for i, want := range c.want {
				if !strings.Contains(failures[i], want) {
					t.Errorf("%q, want %q", failures[i], want)
				}
			}
			if !strings.HasPrefix(got.stderr, fmt.Sprintf("%d of ", len(c.want))) || !strings.HasSuffix(got.stderr, " checks failed; see the lines that begin with FAIL\n") || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("error %q", got.stderr)
			}
		})
	}
}

// attributes answers GetQueueAttributes.
func attributes(list string) fake.Effect {
	return fake.Effect{HTTP: &fake.HTTPAnswer{Status: 200, ContentType: "application/x-amz-json-1.0", Body: `{"Attributes":` + list + `}`}}
}

// What is not allowed to be looked at is a note, and fails nothing.
func TestConnectNotesWhatItMayNotSee(t *testing.T) {
	w := usual(t)
	w.aws.Inject(fake.Fault{Action: "GetQueueAttributes", Target: "fulfilment", Effect: fake.AccessDenied()})
	w.aws.Inject(fake.Fault{Action: "GetTopicAttributes", Effect: fake.AccessDenied()})
	w.aws.Inject(fake.Fault{Action: "GetQueueAttributes", Target: "ledger.fifo", Effect: attributes(`{"FifoQueue":"true","KmsMasterKeyId":"alias/k","MaximumMessageSize":"2048"}`)})
	got := sluice("", "validate", "-c", w.file(t), "--connect")
	for _, want := range []string{
		"note  destinations.alerts: sns:GetTopicAttributes is not allowed, so that 262144 bytes",
		"note  destinations.fulfilment: sqs:GetQueueAttributes is not allowed, so that 1048576 bytes",
		"ok    destinations.ledger: FIFO queue ledger.fifo exists and takes messages of up to 2048 bytes",
		"note  destinations.ledger: FIFO queue ledger.fifo is encrypted with the KMS key alias/k",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("no %q in\n%s", want, got.stdout)
		}
	}
	if got.code != 0 {
		t.Errorf("exit %d", got.code)
	}
}

// Brokers that are not there, or keep silent, take no longer than they may, and hold up nothing.
func TestUnreachableBrokersHoldUpNoOtherCheck(t *testing.T) {
	w := usual(t)
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	gone, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for name, address := range map[string]string{"gone": gone.Addr().String(), "silent": silent.Addr().String()} {
		start := time.Now()
		got := sluice("", "validate", "-c", w.file(t, "BROKERS", address), "--connect", "--timeout", "2s")
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s: it took %v", name, d)
		}
		failures := got.failures()
		if got.code != exitFailed || len(failures) != 1 || !strings.Contains(failures[0], "kafka.brokers: no broker of "+address+" answers (") {
			t.Errorf("%s: exit %d\n%s", name, got.code, got.stdout)
		}
		if !strings.Contains(got.stdout, "ok    destinations.ledger") {
			t.Errorf("%s: the destinations were not looked at:\n%s", name, got.stdout)
		}
	}
	// One of several is enough.
	got := sluice("", "validate", "-c", w.file(t, "BROKERS", gone.Addr().String()+","+w.kafka.Addresses()[0]), "--connect")
	if got.code != 0 {
		t.Errorf("exit %d\n%s", got.code, got.stdout)
	}
}

func TestConnectTellsTheSameAsJSON(t *testing.T) {
	w := usual(t)
	got := sluice("", "validate", "-c", w.file(t, "sqs: fulfilment", "sqs: nowhere"), "--connect", "--json")
	var all []report.Finding
	if err := json.Unmarshal([]byte(got.stdout), &all); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, f := range all {
		counts[f.Severity]++
		if f.Severity == "error" && f.Path != "destinations.fulfilment" {
			t.Errorf("%+v", f)
		}
	}
	if got.code != exitFailed || got.stderr != "" || counts["error"] != 1 || counts["ok"] != 8 || counts["note"] != 2 {
		t.Errorf("exit %d, error %q, %v", got.code, got.stderr, counts)
	}
}

// With rights enforced, each that is missing is named.
func TestConnectNamesMissingRights(t *testing.T) {
	const sasl = ", sasl: {mechanism: scram-sha-256, username: NAME, password: pass}"
	w := newWorld(t, fake.KafkaOptions{Topics: map[string]int32{"orders": 1, "iot.a": 1},
		Extra: []kfake.Opt{kfake.EnableSASL(), kfake.EnableACLs(), kfake.Superuser("SCRAM-SHA-256", "admin", "pass"),
			kfake.User("SCRAM-SHA-256", "nobody", "pass")}},
		fake.Options{Queues: []string{"fulfilment", "ledger.fifo"}, Topics: []string{"alerts"}})
	as := func(name string) result {
		return sluice("", "validate", "-c", w.file(t, " EXTRA", strings.Replace(sasl, "NAME", name, 1)), "--connect")
	}
	if got := as("admin"); got.code != 0 {
		t.Errorf("admin: %s", got.stdout)
	}
	for name, wants := range map[string][]string{
		"nobody": {
			"topics.orders: topic orders is not open to the bridge",
			"kafka.group: group orders-bridge is not open to the bridge",
			"dead_letter.kafka: dead-letter topic",
		},
		"stranger": {"kafka.brokers: the brokers of "},
	} {
		got := as(name)
		for _, want := range wants {
			if !strings.Contains(got.stdout, "FAIL  "+want) {
				t.Errorf("%s: no %q in\n%s", name, want, got.stdout)
			}
		}
	}
}
