package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/address"
	"github.com/sluice-bridge/sluice/config"
)

// describe names a queue or topic: "SQS FIFO queue ledger.fifo".
func describe(a address.Address) string {
	words := []string{"SQS", "queue", a.Name}
	if a.Service == address.SNS {
		words = []string{"SNS", "topic", a.Name}
	}
	if a.FIFO() {
		words = slices.Insert(words, 1, "FIFO")
	}
	return strings.Join(words, " ")
}

// readTopics are the topics that the bridge reads.
type readTopics struct {
	names    map[string]bool
	patterns []*regexp.Regexp
}

func newReadTopics(cfg *config.Config) readTopics {
	t := readTopics{names: map[string]bool{}}
	for _, topic := range cfg.Subscriptions() {
		if len(topic) < 2 || topic[0] != '/' {
			t.names[topic] = true
			continue
		}
		t.patterns = append(t.patterns, regexp.MustCompile(topic[1:len(topic)-1])) // checked by config
	}
	return t
}

func (t readTopics) reads(topic string) bool {
	for _, p := range t.patterns {
		if p.MatchString(topic) {
			return true
		}
	}
	return t.names[topic]
}
