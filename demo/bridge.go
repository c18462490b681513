package demo

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Bridge is the bridge to be shown, as its configuration made it.
type Bridge struct {
	// Groups are its consumer groups; the first is the one that counts what is consumed.
	Groups []string
	// Reads says whether it reads a topic.
	Reads func(topic string) bool
	// Destinations by index, in alphabetical order.
	Destinations []Destination
	// Rules in order.
	Rules []string
	// DeadLetters is the topic of the dead letters; empty where they go to a destination.
	DeadLetters string
	// Route tells where a record should go where the configuration is not the demo's own; nil
	// where it is.
	Route func(*kgo.Record) Due

	// Run runs it until ctx ends, and stops it in good order; at once when abort ends.
	Run      func(ctx, abort context.Context) error
	Registry prometheus.Gatherer
	// Lag is how many records are not settled yet.
	Lag func() int64
	// Problems are what is wrong now, a sentence each.
	Problems func() []string
}

// Destination is a queue or topic that the bridge sends to.
type Destination struct {
	// Name in the configuration.
	Name string
	// Service is "sqs" or "sns".
	Service string
	// Resource is the name of the queue or topic.
	Resource string
	FIFO     bool
}

// Kind is the destination's kind as the reader knows it.
func (d Destination) Kind() string {
	kind := "SQS"
	if d.Service == "sns" {
		kind = "SNS"
	}
	if d.FIFO {
		kind += " FIFO"
	}
	return kind
}

// Addresses are where the embedded parts listen.
type Addresses struct {
	Kafka []string // host:port
	AWS   string   // URL
	Admin string   // host:port
}
