package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// rulesConfig has a rule of each kind; POLICY stands for what becomes of the unmatched.
const rulesConfig = `
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  one: {sqs: one, attributes: {kind: value.type, absent: value.nothing, blank: '""'}}
  two: {sqs: two}
  rest: {sqs: rest}
rules:
  - {name: noise, topics: [TOPIC], match: {type: [{prefix: debug.}]}, drop: true}
  - {name: first, topics: [TOPIC], match: {type: [a, ab]}, to: [one], attributes: {rule: '"first"'}, continue: true}
  - {name: second, topics: [TOPIC], match: {type: [ab, b]}, to: [one, two], attributes: {rule: '"second"'}, continue: true}
  - {name: tenant, topics: [TOPIC], headers: {tenant: [acme]}, to: [two]}
  - {name: sum, topics: [TOPIC], match: {type: [sum]}, when: 'value.total / value.parts > 1', to: [two]}
  - {name: attribute, topics: [TOPIC], match: {type: [attribute]}, to: [two], attributes: {bad: value.total / value.parts}}
unmatched: POLICY
commit_interval: 200ms
admin: {listen: ADMIN}
`

// TestRecordsAreRoutedByRulesAndPolicies routes records of each kind by rules that match, drop,
// continue and fail, under each policy for what no rule matches.
func TestRecordsAreRoutedByRulesAndPolicies(t *testing.T) {
	type letter struct{ reason, rule, destination string }
	records := []struct {
		id, value string
		tenant    string
		to        []string // destinations; "one:first" with the rule whose attributes it has
		letter    letter
		unmatched bool
	}{
		{id: "dropped", value: `{"type":"debug.x"}`},
		{id: "one", value: `{"type":"a"}`, to: []string{"one:first"}},
		{id: "two rules, one destination", value: `{"type":"ab"}`, to: []string{"one:first", "two:second"}},
		{id: "second", value: `{"type":"b"}`, to: []string{"one:second", "two:second"}},
		{id: "header", value: `{"type":"z"}`, tenant: "acme", to: []string{"two:"}},
		{id: "header of what is not json", value: `not json`, tenant: "acme", to: []string{"two:"}},
		{id: "expression true", value: `{"type":"sum","total":4,"parts":2}`, to: []string{"two:"}},
		{id: "expression false", value: `{"type":"sum","total":1,"parts":2}`, unmatched: true},
		{id: "expression fails", value: `{"type":"sum","total":1,"parts":0}`, letter: letter{"rule_error", "sum", ""}},
		{id: "attribute fails", value: `{"type":"attribute","total":1,"parts":0}`, letter: letter{"encode_failed", "attribute", "two"}},
		{id: "other", value: `{"type":"z"}`, unmatched: true},
		{id: "not json", value: `{"type":"a"`, letter: letter{"undecodable", "", ""}},
		{id: "not utf-8", value: "{\"type\":\"\xff\"}", unmatched: true},
		{id: "null", value: `null`, unmatched: true},
		{id: "list", value: `["a"]`, unmatched: true},
	}
	onBothKafkas(t, func(t *testing.T, b *broker) {
		for _, policy := range []string{"drop", "dead_letter", "rest"} {
			t.Run(policy, func(t *testing.T) {
				a := cloud(t, fake.Options{Queues: []string{"one", "two", "rest"}})
				group, topic := "rules-"+unique(), b.topic(t, "events", 2)
				var all []*kgo.Record
				wantSent, wantLetters := map[string]int{}, map[string]letter{}
				unmatched := 0
				for _, r := range records {
					out := &kgo.Record{Topic: topic, Key: []byte(r.id), Value: []byte(r.value)}
					if r.tenant != "" {
						out.Headers = []kgo.RecordHeader{{Key: "tenant", Value: []byte(r.tenant)}}
					}
					all = append(all, out)
					for _, to := range r.to {
						wantSent[to+":"+r.id]++
					}
					if r.letter != (letter{}) {
						wantLetters[r.id] = r.letter
					}
					if r.unmatched {
						unmatched++
						switch policy {
						case "dead_letter":
							wantLetters[r.id] = letter{reason: "unmatched"}
						case "rest":
							wantSent["rest::"+r.id]++
						}
					}
				}
				b.produce(t, all)
				config := fmt.Sprintf(rulesConfig, b.addr, group, a.URL)
				p := start(t, strings.NewReplacer("TOPIC", topic, "POLICY", policy).Replace(config))
				b.committed(t, group, topic)

				sent := map[string]int{}
				for _, name := range []string{"one", "two", "rest"} {
					for _, m := range a.Queue(name).Messages() {
						sent[name+":"+m.Attributes["rule"].String+":"+m.Attributes["kafka_key"].String]++
						for _, left := range []string{"absent", "blank"} {
							if v, ok := m.Attributes[left]; ok {
								t.Errorf("attribute %s is sent as %q", left, v.String)
							}
						}
						if kind := m.Attributes["kind"].String; name == "one" && !strings.Contains(m.Body, `"type":"`+kind+`"`) {
							t.Errorf("attribute kind is %q of %s", kind, m.Body)
						}
					}
				}
				if !maps.Equal(sent, wantSent) {
					t.Errorf("sent %v\nwant %v", sent, wantSent)
				}
				if n := b.end(t, letters(group)); n != int64(len(wantLetters)) {
					t.Errorf("%d dead letters, want %d", n, len(wantLetters))
				}
				for _, r := range b.deadLetters(t, letters(group), len(wantLetters)) {
					h := headersOf(r)
					got := letter{h["sluice-reason"], h["sluice-rule"], h["sluice-destination"]}
					if got != wantLetters[string(r.Key)] || h["sluice-error"] == "" {
						t.Errorf("dead letter of %s: %v, want %v", r.Key, h, wantLetters[string(r.Key)])
					}
				}
				for series, want := range map[string]int{
					`sluice_records_unmatched_total`:                                    unmatched + 1, // the failed rule's too
					`sluice_records_dropped_total{rule="noise"}`:                        1,
					`sluice_rule_errors_total{rule="sum"}`:                              1,
					`sluice_rule_matched_total{rule="second"}`:                          2,
					`sluice_dead_letters_total{reason="rule_error"}`:                    1,
					`sluice_dead_letters_total{reason="undecodable"}`:                   1,
					`sluice_records_undecodable_total{topic="` + topic + `"}`:           1,
					`sluice_dead_letters_total{reason="encode_failed"}`:                 1,
					`sluice_deliveries_total{destination="one",outcome="acknowledged"}`: 3,
				} {
					if got := p.metric(series); got != fmt.Sprint(want) {
						t.Errorf("%s is %q, want %d", series, got, want)
					}
				}
				p.stop()
			})
		}
	})
}

func TestTombstonesAreDroppedByPolicy(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	w := toQueue(t, b, a, "orders", 1)
	group := "tombstones-" + unique()
	b.produce(t, slices.Concat(events(w.topic, 3, 1, 0), []*kgo.Record{
		{Topic: w.topic, Key: []byte("k")}, {Topic: w.topic, Key: []byte("k"), Value: []byte{}},
	}))
	p := start(t, waysConfig(b, a, group, []*way{w}, "", "tombstones: drop\n"))
	b.committed(t, group, w.topic)
	if got := p.metric(`sluice_records_dropped_total{rule=""}`); got != "2" {
		t.Errorf("%s tombstones were counted, want 2", got)
	}
	p.stop()
	w.end.allArrived(t, events(w.topic, 3, 1, 0))
	b.noDeadLetters(t, group)
}
