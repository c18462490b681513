package simulate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Words tells a scenario as an operator would: what runs, its configuration, what is produced, and what
// happens, in the order of time.
func (sc *Scenario) Words() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	var topics []string
	for _, t := range sc.Topics {
		topics = append(topics, fmt.Sprintf("%s with %s", t.Name, number(int(t.Partitions), "partition")))
	}
	line("Kafka has %s and the topics %s; what is sent takes %s each way.", number(sc.Brokers, "broker"), strings.Join(topics, ", "), sc.Latency)
	line("%s with this configuration:", began(number(sc.Members, "instance"), sc.Members))
	line("%s", indent(sc.Setup.words()))
	for _, place := range slices.Sorted(maps.Keys(sc.Sizes)) {
		line("%s takes messages of %d bytes.", place, sc.Sizes[place])
	}
	if len(sc.Bursts) == 0 {
		line("Nothing is produced.")
	}
	for _, b := range sc.Bursts {
		line("%s", b.words())
	}
	events := slices.Clone(sc.Events)
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	for _, e := range events {
		line("%s", e.words())
	}
	if len(events) == 0 {
		line("Nothing else happens.")
	}
	return b.String()
}

func number(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func began(who string, n int) string {
	if n == 1 {
		return who + " starts"
	}
	return who + " start"
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}

// words is the configuration as an operator writes it.
func (s *Setup) words() string {
	var settings any
	if err := yaml.Unmarshal(s.yaml(where{
		brokers: []string{"kafka:9092"}, endpoint: "http://aws", region: "eu-central-1", account: "000000000000", instance: "m0",
	}), &settings); err != nil {
		panic(err) // it was just written
	}
	text, err := yaml.Marshal(settings)
	if err != nil {
		panic(err) // it is a tree of texts and numbers
	}
	return string(text)
}

func (b *Burst) words() string {
	text := fmt.Sprintf("%10s  %s to %s", b.At, number(b.Count, "record"), b.Topic)
	if b.Over > 0 {
		text += fmt.Sprintf(" within %s", b.Over)
	}
	text += fmt.Sprintf(", of %s and %s", number(max(b.Keys, 1), "key"), number(max(b.Kinds, 1), "kind"))
	if b.Size > 0 {
		text += fmt.Sprintf(", with %d bytes more than id and kind", b.Size)
	}
	if b.Txn != "" {
		text += fmt.Sprintf(", in transactions (%s) that stay open for %s", b.Txn, b.Open)
	}
	if b.Pack != "" {
		text += ", packed: " + b.Pack
	}
	if b.Stamps != "" {
		text += ", timestamps: " + b.Stamps
	}
	if len(b.Flavours) > 0 {
		text += ", some with: " + strings.Join(b.Flavours, ", ")
	}
	return text
}
