package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/address"
	"github.com/sluice-bridge/sluice/config/yamlconf"
)

const minimal = `
kafka: {brokers: ["localhost:9092"], group: orders}
aws: {region: eu-west-1}
destinations: {queue: {sqs: orders-out}}
rules: [{topics: [orders], to: [queue]}]
`

func load(t testing.TB, text string, env ...string) *Config {
	t.Helper()
	c, err := Parse([]byte(text), "bridge.yaml", env)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSampleConfigurationLoadsWithoutWarnings(t *testing.T) {
	c, err := Load("../bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Error(c.Warnings)
	}
	want := []string{"/^iot\\./", "orders", "payments"}
	if got := c.Subscriptions(); !slices.Equal(got, want) {
		t.Errorf("subscriptions %q, want %q", got, want)
	}
}

// The sample shows every key there is, if only in a comment.
func TestSampleShowsEveryKey(t *testing.T) {
	text := fixtures(t, "../../bridge.yaml")[0].rest
	for _, section := range append(yamlconf.Sections(reflect.TypeFor[Config]()), reflect.TypeFor[Config]()) {
		for _, f := range yamlconf.Fields(section) {
			if !strings.Contains(text, f.Key) {
				t.Errorf("bridge.yaml does not show %s of %s", f.Key, section.Name())
			}
		}
	}
}

func TestStarterLoadsWithoutWarnings(t *testing.T) {
	c := load(t, string(Starter()))
	if len(c.Warnings) > 0 {
		t.Error(c.Warnings)
	}
}

func TestMinimalFileGetsTheDefaults(t *testing.T) {
	got := load(t, minimal)
	want := &Config{
		Kafka: Kafka{
			Brokers: []string{"localhost:9092"}, Group: "orders", ClientID: "sluice", IsolationLevel: ReadCommitted,
			SessionTimeout: yamlconf.Duration(45 * time.Second), RebalanceTimeout: yamlconf.Duration(time.Minute),
			ReadAhead: 4 << 20, Start: Start{written: true}, Unreadable: DeadLetterUnreadable,
		},
		AWS: AWS{Region: "eu-west-1", AssumeRole: AssumeRole{SessionName: "sluice"}},
		Destinations: map[string]Destination{"queue": {
			Name: "queue", SQS: "orders-out", address: address.Address{Service: address.SQS, Name: "orders-out"}, Envelope: Raw, Concurrency: 128, Region: "eu-west-1",
			Batch:      Batch{MaxMessages: 10, Linger: yamlconf.Duration(20 * time.Millisecond)},
			Retry:      Retry{Initial: yamlconf.Duration(100 * time.Millisecond), Max: yamlconf.Duration(30 * time.Second)},
			AssumeRole: AssumeRole{SessionName: "sluice"},
		}},
		SchemaRegistry: SchemaRegistry{Timeout: yamlconf.Duration(10 * time.Second)},
		Rules:          []Rule{{Name: "rule-1", Topics: []string{"orders"}, To: []string{"queue"}}},
		Unmatched:      UnmatchedDrop,
		Tombstones:     SendTombstones,
		DeadLetter:     DeadLetter{Kafka: "orders.dead-letter"},
		Correlation:    Correlation{Headers: []string{"x-correlation-id", "correlation-id"}, Field: "value.correlation_id"},
		Limits:         Limits{InFlight: 20000, InFlightBytes: 256 << 20},
		CommitInterval: yamlconf.Duration(time.Second),
		CommitRate:     2000,
		DrainTimeout:   yamlconf.Duration(30 * time.Second),
		Admin:          Admin{Listen: "127.0.0.1:9600"},
		Log:            Log{Level: "info", Format: LogJSON},
	}
	got.report, got.table, got.correlation = nil, nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// The defaults in the tags are written as the values print, so that the schema shows what the
// bridge says elsewhere.
func TestDefaultsInTagsAreRead(t *testing.T) {
	for _, section := range append(yamlconf.Sections(reflect.TypeFor[Config]()), reflect.TypeFor[Config]()) {
		for _, f := range yamlconf.Fields(section) {
			if n, ok := reflect.New(f.Type).Interface().(yamlconf.Notation); ok && f.Default != "" {
				if err := n.UnmarshalText([]byte(f.Default)); err != nil {
					t.Errorf("%s: %v", f.Key, err)
				}
				if text := fmt.Sprint(n); text != f.Default {
					t.Errorf("%s: the default %s prints as %s", f.Key, f.Default, text)
				}
			}
		}
	}
}

func TestEnvironmentOverridesFile(t *testing.T) {
	c := load(t, minimal+"topics: {order-events: {format: text}}\n",
		"SLUICE_KAFKA__BROKERS=a:1, b:2", "SLUICE_DESTINATIONS__QUEUE__CONCURRENCY=64",
		"SLUICE_TOPICS__ORDER_EVENTS__FORMAT=bytes", "SLUICE_ADMIN__LISTEN=", "SLUICE_ADMIN__PPROF=true",
		"SLUICE_DESTINATIONS={extra: {sqs: extra.fifo}}", `SLUICE_RULES=[{name: env, topics: [t], to: [queue, extra]}]`)
	got := fmt.Sprintln(c.Kafka.Brokers, c.Destinations["queue"].Concurrency, c.Topics["order-events"].Format,
		c.Admin, slices.Sorted(maps.Keys(c.Destinations)), c.Rules[0].Name, c.Destinations["extra"].Ordering)
	if want := "[a:1 b:2] 64 bytes { [] true} [extra queue] env strict\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVariablesTakeTheTypeOfTheirKey(t *testing.T) {
	f := fixtures(t, "variables.good.yaml")[0]
	c, err := Load(f.path, f.env)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(c.Kafka.Brokers, c.Kafka.ClientID, c.Kafka.SASL.Password.Reveal(), c.Destinations["queue"].Concurrency, c.Destinations["queue"].Batch.MaxBytes)
	if want := "[a:9092 b:9092] ${literal} 12345 64 64KiB\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := map[string]any{"total": []any{map[string]any{"numeric": []any{">=", json.Number("100")}}}, "code": []any{"100"}}
	if !reflect.DeepEqual(c.Rules[0].Match, want) {
		t.Errorf("match %#v, want %#v", c.Rules[0].Match, want)
	}
}

func TestDestinationsGetRegionEndpointAndRole(t *testing.T) {
	c := load(t, `
kafka: {brokers: ["localhost:9092"], group: orders}
aws: {endpoint: "http://shared:1", allow_http: true, assume_role: {arn: "arn:aws:iam::111122223333:role/shared", external_id: x}}
destinations:
  arn: {sqs: "arn:aws:sqs:us-west-2:111122223333:orders"}
  url: {sqs: "http://localhost:9324/000000000000/orders"}
  public: {sqs: "https://sqs-fips.us-east-1.amazonaws.com/111122223333/orders"}
  vpce: {sqs: "https://vpce-1.sqs.us-east-1.vpce.amazonaws.com/111122223333/orders"}
  over: {sqs: "http://localhost:9324/000000000000/orders", endpoint: "http://over:3"}
  own: {sqs: own, region: eu-central-1, endpoint: "http://own:2", assume_role: {arn: "arn:aws:iam::111122223333:role/own"}}
rules: [{topics: [orders], to: [arn, url, public, vpce, over, own]}]
`, "AWS_DEFAULT_REGION=eu-west-3")
	var got []string
	for _, name := range c.DestinationNames() {
		d := c.Destinations[name]
		got = append(got, fmt.Sprint(name, " ", d.Region, " ", d.Endpoint, " ", d.AssumeRole))
	}
	want := []string{
		"arn us-west-2 http://shared:1 {arn:aws:iam::111122223333:role/shared x sluice}",
		"over eu-west-3 http://over:3 {arn:aws:iam::111122223333:role/shared x sluice}",
		"own eu-central-1 http://own:2 {arn:aws:iam::111122223333:role/own  sluice}",
		"public us-east-1 http://shared:1 {arn:aws:iam::111122223333:role/shared x sluice}",
		"url eu-west-3 http://localhost:9324 {arn:aws:iam::111122223333:role/shared x sluice}",
		"vpce us-east-1 https://vpce-1.sqs.us-east-1.vpce.amazonaws.com {arn:aws:iam::111122223333:role/shared x sluice}",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestEqualFilesGiveEqualConfigurations(t *testing.T) {
	a, b := load(t, minimal), load(t, minimal+"log: {level: debug}\n")
	if !a.Destinations["queue"].Equal(b.Destinations["queue"]) {
		t.Error("a destination differs that is the same")
	}
	for _, change := range []string{"CONCURRENCY=1", "SQS=orders-in", "SQS=arn:aws:sqs:eu-west-1:111122223333:orders-out"} {
		b = load(t, minimal+"limits:\n", "SLUICE_DESTINATIONS__QUEUE__"+change)
		if a.Destinations["queue"].Equal(b.Destinations["queue"]) {
			t.Errorf("a destination is the same that differs by %s", change)
		}
	}
	again := load(t, minimal)
	for _, c := range []*Config{a, again} {
		c.table, c.correlation = nil, nil
	}
	if !reflect.DeepEqual(a, again) {
		t.Error("the same file gives two configurations")
	}
}

func TestIsolatedDestinationHasAGroupOfItsOwn(t *testing.T) {
	c := load(t, strings.Replace(minimal, "sqs: orders-out", "sqs: orders-out, isolated: true", 1))
	if got := c.Group("queue"); got != "orders.queue" {
		t.Errorf("group %s", got)
	}
}

func TestMissingFilePointsToInit(t *testing.T) {
	_, err := Load("testdata/nowhere.yaml", nil)
	want := "testdata/nowhere.yaml: the file cannot be read (no such file or directory); `sluice init` writes one to start from"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestByteOrderMarkIsSkipped(t *testing.T) {
	load(t, "\xef\xbb\xbf"+minimal)
}

// What the rules compile to comes with the configuration: nobody has to compile them again.
func TestLoadGivesTheCompiledRules(t *testing.T) {
	t.Parallel()
	c := load(t, minimal+"topics: {x: {}}\n", "SLUICE_DESTINATIONS={extra: {sqs: extra}}", "SLUICE_RULES=[{topics: [t], to: [queue]}, {to: [extra]}]")
	for i, name := range c.DestinationNames() {
		if got := c.Table().DestinationName(i); got != name {
			t.Errorf("destination %d of the table is %s, want %s", i, got, name)
		}
	}
	for i, rule := range c.Rules {
		if got := c.Table().RuleName(i); got != rule.Name {
			t.Errorf("rule %d of the table is %s, want %s", i, got, rule.Name)
		}
	}
	if c.CorrelationIDs() == nil {
		t.Error("the source of correlation ids is missing")
	}
}
