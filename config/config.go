package config

import (
	"maps"
	"slices"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/topic"
)

// Config is a whole configuration that has been checked, with every default filled in. Two of
// them compare with reflect.DeepEqual, but for their overrides, warnings, places and what
// they were compiled to.
type Config struct {
	Kafka          Kafka                  `key:"kafka" doc:"The cluster to read from, and how."`
	Topics         map[string]Topic       `key:"topics" doc:"How to read topics, by name or by /regular expression/, which may match anywhere in a name; JSON if left out. Topics named here are read even if no rule names them."`
	SchemaRegistry SchemaRegistry         `key:"schema_registry" doc:"The schema registry for topics whose values have schemas: Confluent's, or one with the same API."`
	AWS            AWS                    `key:"aws" doc:"What all destinations share."`
	Destinations   map[string]Destination `key:"destinations" doc:"The queues and topics to send to, by a name that rules use."`
	Rules          []Rule                 `key:"rules" doc:"Which event goes where. Rules are tried in order; the first match wins unless it says continue."`
	Unmatched      string                 `key:"unmatched" default:"drop" doc:"What happens to an event that no rule matched: drop (counted), dead_letter, or the name of a destination."`
	Tombstones     Tombstones             `key:"tombstones" default:"send" doc:"What happens to a record without a value, or with an empty one: send (body null, attribute kafka_tombstone) or drop."`
	DeadLetter     DeadLetter             `key:"dead_letter" doc:"Where records go that cannot be delivered: a Kafka topic or a destination."`
	Correlation    Correlation            `key:"correlation" doc:"Where the correlation id of an event comes from."`
	Limits         Limits                 `key:"limits" doc:"How much the bridge holds in memory; at the limit it pauses partitions."`
	CommitInterval yamlconf.Duration      `key:"commit_interval" default:"1s" range:"100ms..60s" doc:"How often offsets are committed under low load; under high load the next commit follows the last."`
	CommitRate     int                    `key:"commit_rate" default:"2000" range:"10..1000000" doc:"The most partition offsets that this process commits a second, over all its consumer groups. With more partitions than that allows, a crash repeats more."`
	DrainTimeout   yamlconf.Duration      `key:"drain_timeout" default:"30s" range:"1ms.." doc:"How long a stop waits for messages that are on their way to AWS."`
	Admin          Admin                  `key:"admin" doc:"The HTTP endpoint for health, readiness, metrics and profiles."`
	Log            Log                    `key:"log" doc:"What is logged, and how."`

	// Overrides are the variables of the environment that lie over the file, by name.
	Overrides []string `key:"-"`
	// Warnings are things that are allowed and probably not meant.
	Warnings Problems `key:"-"`
	// table and correlation are what the rules and the section of that name compile to.
	table       *routing.Table
	correlation *routing.Correlation
	// report knows where each value was written.
	report *yamldoc.Report
}

// Problem is one thing wrong with a configuration, with its place.
type Problem = yamldoc.Problem

// Problems is everything found wrong with a configuration, in the order of the file.
type Problems = yamldoc.Problems

// Problem returns what is wrong at a path ("destinations.ledger"), with the place where that was written. It is for what
// the configuration alone does not tell.
func (c *Config) Problem(path, message string) Problem { return c.report.Problem(path, message) }

// Tombstones says what becomes of a record without a value.
type Tombstones string

// The policies for tombstones.
const (
	SendTombstones Tombstones = "send"
	DropTombstones Tombstones = "drop"
)

// OneOf implements [yamlconf.Choice].
func (Tombstones) OneOf() (noun string, values []string) {
	return "a policy for tombstones", []string{"send", "drop"}
}

// The values of Config.Unmatched that are not the name of a destination.
const (
	UnmatchedDrop       = "drop"
	UnmatchedDeadLetter = "dead_letter"
)

// DestinationNames returns the names in alphabetical order, which is the order of
// Routing().Destinations.
func (c *Config) DestinationNames() []string {
	return slices.Sorted(maps.Keys(c.Destinations))
}

// RuleNames returns the names of the rules in their order.
func (c *Config) RuleNames() []string {
	names := make([]string, len(c.Rules))
	for i := range c.Rules {
		names[i] = c.Rules[i].Name
	}
	return names
}

// Group returns the consumer group that serves a destination: its own if it is isolated, and the
// configured one if not.
func (c *Config) Group(destination string) string {
	if c.Destinations[destination].Isolated {
		return c.OwnGroup(destination)
	}
	return c.Kafka.Group
}

// OwnGroup returns the consumer group that a destination has while it is isolated.
func (c *Config) OwnGroup(destination string) string { return c.Kafka.Group + "." + destination }

// Subscriptions returns the topics to read, sorted: names, and regular expressions between
// slashes.
func (c *Config) Subscriptions() []string {
	all := slices.Collect(maps.Keys(c.Topics))
	for i := range c.Rules {
		all = append(all, c.Rules[i].Topics...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Reads returns the topics to read, for looking whether one is.
func (c *Config) Reads() topic.Set { return topicSet(c.Subscriptions()) }

// Routing returns what the rules are compiled from.
func (c *Config) Routing() routing.Options {
	o := routing.Options{Unmatched: c.Unmatched}
	for i := range c.Rules {
		o.Rules = append(o.Rules, c.Rules[i].routing())
	}
	for _, name := range c.DestinationNames() {
		d := c.Destinations[name]
		o.Destinations = append(o.Destinations, routing.Destination{
			Name: name, GroupID: d.GroupID, Subject: d.Subject, Attributes: d.Attributes,
			Body: d.Body, CloudEvents: routing.CloudEvents(d.CloudEvents),
		})
	}
	return o
}
