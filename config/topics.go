package config

import (
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/re2"
	"github.com/sluice-bridge/sluice/topic"
)

// Topic says how the values of a topic are read.
type Topic struct {
	Format  Format  `key:"format" default:"json" doc:"How to read the values: json, text, bytes, or with a schema registry avro, protobuf, json_schema."`
	Deliver Deliver `key:"deliver" default:"raw" doc:"What is sent: the value as it came (raw), or the decoded value as JSON (json)."`
	Invalid Invalid `key:"invalid" default:"dead_letter" doc:"For the format json: what happens to a record whose value is not JSON, if no rule takes it without reading the value. It becomes a dead letter (dead_letter), or counts as an event that no rule matched (unmatched)."`
	Start   Start   `key:"start" doc:"Where to begin if the group has no offset of the topic; for a regular expression, if it has none of any topic that matches. If left out, kafka.start for a group with no offset at all, else the first record."`
}

// Deliver is what is sent of a value.
type Deliver string

// What is sent of a value.
const (
	DeliverRaw  Deliver = "raw"
	DeliverJSON Deliver = "json"
)

// OneOf implements [yamlconf.Choice].
func (Deliver) OneOf() (noun string, values []string) {
	return "a way to deliver", []string{"raw", "json"}
}

// Invalid is what becomes of a value that is not JSON.
type Invalid string

// What becomes of a value that is not JSON.
const (
	InvalidDeadLetter Invalid = "dead_letter"
	InvalidUnmatched  Invalid = "unmatched"
)

// OneOf implements [yamlconf.Choice].
func (Invalid) OneOf() (noun string, values []string) {
	return "a policy for values that are not JSON", []string{"dead_letter", "unmatched"}
}

// check checks how a topic is read.
func (t Topic) check(c *checker, path string) {
	t.Start.check(c, path+".start")
	if t.Invalid == InvalidUnmatched && t.Format != JSON {
		c.Addf(path+".invalid", "this is for the format json alone, and that of the topic is %s; remove invalid", t.Format)
	}
	switch t.Format {
	case Avro, Protobuf, JSONSchema:
		if len(c.SchemaRegistry.URLs) == 0 && !c.UnreadWithin("schema_registry") {
			c.Addf(path+".format", "%s is read by the schemas of a registry, and there is none; add one, as in schema_registry: {urls: [http://localhost:8081]}", t.Format)
		}
	case Text, Bytes:
		if t.Deliver == DeliverJSON {
			c.Addf(path+".deliver", "%s is not decoded, so there is no JSON to deliver; remove deliver, or change the format", t.Format)
		}
	case JSON:
	}
}

// Format is how the values of a topic are read.
type Format string

// The formats.
const (
	JSON  Format = "json"
	Text  Format = "text"
	Bytes Format = "bytes"

	Avro       Format = "avro"
	Protobuf   Format = "protobuf"
	JSONSchema Format = "json_schema"
)

// OneOf implements [yamlconf.Choice].
func (Format) OneOf() (noun string, values []string) {
	return "a format", []string{"json", "text", "bytes", "avro", "protobuf", "json_schema"}
}

// checkTopic checks a topic that is to be read.
func checkTopic(c *checker, path, text string) {
	if expression, ok := topic.Expression(text); ok {
		if _, err := topic.Parse(text); err != nil {
			c.Addf(path, "%s is not a regular expression (%s); correct it, or take away the slashes", text, excerpt.Verbatim(re2.Reason(err)))
		} else if expression == "" {
			c.Addf(path, "the regular expression is empty; write /.*/ to read all topics")
		}
		return
	}
	if how, meant := topicMeant(text, strings.HasPrefix(path, "topics.")); meant != "" {
		c.Addf(path, "%q is not a topic name; %s %s", text, excerpt.Verbatim(how), excerpt.Verbatim(meant))
		return
	}
	checkTopicName(c, path, text)
}

func checkTopicName(c *checker, path, name string) {
	if withVariables := variables(name); withVariables != "" && !strings.HasPrefix(path, "topics.") {
		c.Addf(path, "%q cannot be a topic of Kafka; for a variable of the environment write %s", name, excerpt.Verbatim(withVariables))
	} else if !topic.IsName(name) {
		c.Addf(path, "%q cannot be a topic of Kafka; write up to 249 letters, digits, dots, dashes and underscores", name)
	}
}

// topicSet returns what texts name that have been checked; those that are wrong name nothing.
func topicSet(texts []string) topic.Set {
	var set topic.Set
	for _, text := range texts {
		if p, err := topic.Parse(text); err == nil {
			set = append(set, p)
		}
	}
	return set
}

// checkSubscriptions makes sure that there is something to read, and that the bridge does not
// read its own dead letters.
func (c *checker) checkSubscriptions() {
	topics := c.Subscriptions()
	if len(topics) == 0 && !c.UnreadWithin("rules") && !c.UnreadWithin("topics") {
		c.Addf("topics", "there is no topic to read; name topics in the rules, or under topics")
	}
	if c.DeadLetter.Kafka == "" {
		return
	}
	for _, p := range topicSet(topics) {
		switch {
		case p.String() == "//" || !p.Match(c.DeadLetter.Kafka):
		case p.IsExpression():
			c.Addf("dead_letter.kafka", "the topic %s is also read, by the pattern %s, so dead letters would go round for ever; narrow the pattern or name another topic", c.DeadLetter.Kafka, p.String())
		default:
			c.Addf("dead_letter.kafka", "the topic %s is also read, so dead letters would go round for ever; name another topic", p.String())
		}
	}
}
