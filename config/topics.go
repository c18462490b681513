package config

import (
	"regexp"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/routing"
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
			c.Addf(path+".format", "%s is read by the schemas of a registry, and there is none; add schema_registry: {urls: [http://localhost:8081]}, or yours", t.Format)
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

// asPattern returns the regular expression of a topic that is written between slashes.
func asPattern(topic string) (string, bool) {
	if len(topic) < 2 || topic[0] != '/' || topic[len(topic)-1] != '/' {
		return "", false
	}
	return topic[1 : len(topic)-1], true
}

// checkTopic checks a topic that is to be read.
func checkTopic(c *checker, path, topic string) {
	if pattern, ok := asPattern(topic); ok {
		if pattern == "" {
			c.Addf(path, "the regular expression is empty; write /.*/ to read all topics")
		} else if _, err := regexp.Compile(pattern); err != nil {
			c.Addf(path, "%s is not a regular expression (%s); correct it, or take away the slashes", topic, yamldoc.Verbatim(routing.RegexReason(err)))
		}
		return
	}
	if how, meant := topicMeant(topic, strings.HasPrefix(path, "topics.")); meant != "" {
		c.Addf(path, "%q is no topic's name; %s %s", topic, yamldoc.Verbatim(how), yamldoc.Verbatim(meant))
		return
	}
	checkTopicName(c, path, topic)
}

func checkTopicName(c *checker, path, topic string) {
	if withVariables := variables(topic); withVariables != "" && !strings.HasPrefix(path, "topics.") {
		c.Addf(path, "%q cannot be a topic of Kafka; for a variable of the environment write %s", topic, yamldoc.Verbatim(withVariables))
	} else if !isTopicName(topic) {
		c.Addf(path, "%q cannot be a topic of Kafka; write up to 249 letters, digits, dots, dashes and underscores", topic)
	}
}

func isTopicName(s string) bool {
	return s != "." && s != ".." && kafkaTopic.MatchString(s)
}

var kafkaTopic = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`)

// checkSubscriptions makes sure that there is something to read, and that the bridge does not
// read its own dead letters.
func (c *checker) checkSubscriptions() {
	topics := c.Subscriptions()
	if len(topics) == 0 && !c.UnreadWithin("rules") && !c.UnreadWithin("topics") {
		c.Addf("topics", "there is no topic to read; name topics in the rules, or under topics")
	}
	for _, topic := range topics {
		pattern, isPattern := asPattern(topic)
		if !isPattern {
			if topic != "" && topic == c.DeadLetter.Kafka {
				c.Addf("dead_letter.kafka", "the topic %s is also read, so dead letters would go round for ever; name another topic", topic)
			}
			continue
		}
		if pattern == "" {
			continue
		}
		if re, err := regexp.Compile(pattern); err == nil && c.DeadLetter.Kafka != "" && re.MatchString(c.DeadLetter.Kafka) {
			c.Addf("dead_letter.kafka", "the topic %s is also read, by the pattern %s, so dead letters would go round for ever; narrow the pattern or name another topic", c.DeadLetter.Kafka, topic)
		}
	}
}
