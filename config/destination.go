package config

import (
	"cmp"
	"reflect"
	"regexp"

	"github.com/sluice-bridge/sluice/address"
	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// Destination is one queue or topic. Load completes it: Region, Endpoint and AssumeRole are what
// holds for it in the end, and Ordering is set for FIFO ones.
type Destination struct {
	// Name is the key under destinations.
	Name string `key:"-"`
	// address is what SQS or SNS says.
	address address.Address

	SQS        string            `key:"sqs" doc:"The queue: its URL, its ARN or its name."`
	SNS        string            `key:"sns" doc:"The topic: its ARN."`
	GroupID    string            `key:"group_id" expr:"value" doc:"CEL expression for the message group; if left out, the record's key, else its topic and partition. On a standard queue it turns on fair queues."`
	Ordering   Ordering          `key:"ordering" doc:"FIFO only. strict (if left out): a batch holds one message of a group. batched: it may hold several, which is faster with few groups; order may break if AWS refuses one and takes a later one."`
	Isolated   bool              `key:"isolated" default:"false" doc:"Gives the destination a consumer group of its own, so that its outage delays nothing else."`
	Subject    string            `key:"subject" expr:"value" doc:"SNS only. CEL expression for the subject: one line of at most 100 characters; anything else makes the record a dead letter."`
	Attributes map[string]string `key:"attributes" expr:"value" doc:"Message attributes, each a CEL expression."`

	AttributeTypes map[string]AttributeType `key:"attribute_types" doc:"The types of attributes, by name: Number for a number, String.Array for a list, as filter policies of SNS compare them; String if left out."`

	Body        string      `key:"body" expr:"value" doc:"CEL expression for what is sent instead of the value: a text as it is, a list or mapping as JSON."`
	Envelope    Envelope    `key:"envelope" default:"raw" doc:"What the body holds: the value as it is (raw), a JSON object with value, key, headers and position (json), or a CloudEvent 1.0 in structured JSON (cloudevents). A record that is a CloudEvent already is not wrapped again."`
	CloudEvents CloudEvents `key:"cloudevents" doc:"The attributes of the events, with envelope: cloudevents."`

	ForwardHeaders []string       `key:"forward_headers" doc:"Headers that become message attributes, by name; * stands for any characters, ? for one. Capitals matter. A header that cannot be an attribute, or has no slot, goes into kafka_headers, for SNS into kafka_headers_base64."`
	OmitAttributes []OwnAttribute `key:"omit_attributes" doc:"Attributes of the bridge's own to leave out."`

	Batch       Batch      `key:"batch" doc:"How requests are filled."`
	Concurrency int        `key:"concurrency" default:"128" range:"1..1024" doc:"The most requests at once; the bridge adapts below it."`
	Retry       Retry      `key:"retry" doc:"How failed sends are retried."`
	Region      string     `key:"region" like:"eu-west-1" doc:"The region, if the address does not name it; aws.region if left out."`
	Endpoint    string     `key:"endpoint" like:"http://localhost:4566" doc:"Overrides aws.endpoint."`
	AssumeRole  AssumeRole `key:"assume_role" doc:"Overrides aws.assume_role."`
}

// Batch says how requests are filled.
type Batch struct {
	MaxMessages int               `key:"max_messages" default:"10" range:"1..10" doc:"The most messages in a request."`
	MaxBytes    yamlconf.Size     `key:"max_bytes" default:"0" range:"0|1KiB..1MiB" doc:"The most bytes in a request; 0 for the limit of the queue or topic itself."`
	Linger      yamlconf.Duration `key:"linger" default:"20ms" range:"..1m" doc:"How long a request waits to be filled."`
}

// Retry says how failed sends are repeated.
type Retry struct {
	Initial     yamlconf.Duration `key:"initial" default:"100ms" range:"1ms..1m" doc:"The pause before the first retry; it doubles from there."`
	Max         yamlconf.Duration `key:"max" default:"30s" range:"1ms..1h" doc:"The longest pause."`
	GiveUpAfter yamlconf.Duration `key:"give_up_after" default:"0s" doc:"After how long the record becomes a dead letter; 0 for never."`
}

// Ordering says how strictly the order within a message group is kept; empty for destinations
// that are not FIFO.
type Ordering string

// The orderings.
const (
	Strict  Ordering = "strict"
	Batched Ordering = "batched"
)

// OneOf implements [yamlconf.Choice].
func (Ordering) OneOf() (noun string, values []string) {
	return "an ordering", []string{"strict", "batched"}
}

// OwnAttribute is a message attribute that the bridge attaches by itself.
type OwnAttribute string

// The attributes that can be omitted.
const (
	CorrelationID OwnAttribute = attribute.CorrelationID
	KafkaTopic    OwnAttribute = attribute.KafkaTopic
	KafkaPosition OwnAttribute = attribute.KafkaPosition
)

// OneOf implements [yamlconf.Choice].
func (OwnAttribute) OneOf() (noun string, values []string) {
	return "an attribute that can be omitted", attribute.Omittable
}

// Envelope is what the body of a message holds.
type Envelope string

// The envelopes.
const (
	Raw           Envelope = "raw"
	InJSON        Envelope = "json"
	InCloudEvents Envelope = "cloudevents"
)

// OneOf implements [yamlconf.Choice].
func (Envelope) OneOf() (noun string, values []string) {
	return "an envelope", []string{"raw", "json", "cloudevents"}
}

// CloudEvents are CEL expressions for the attributes of the events that a destination gets.
type CloudEvents struct {
	Type    string `key:"type" expr:"value" doc:"CEL expression for the type; if left out or null, the type of a record that is a CloudEvent, else kafka.record."`
	Source  string `key:"source" expr:"value" doc:"CEL expression for the source, a URI reference; if left out or null, the source of a record that is a CloudEvent, else /kafka/TOPIC."`
	Subject string `key:"subject" expr:"value" doc:"CEL expression for the subject; if left out or null, the subject of a record that is a CloudEvent, else the record's key, if it is text."`
}

// Omitted returns the names of the attributes that messages do without.
func (d Destination) Omitted() []string {
	var names []string
	for _, a := range d.OmitAttributes {
		names = append(names, string(a))
	}
	return names
}

// Address returns the queue or topic, taken apart.
func (d Destination) Address() address.Address { return d.address }

// FIFO reports whether the queue or topic is a FIFO one.
func (d Destination) FIFO() bool { return d.address.FIFO() }

// SamePlace reports whether two destinations may lead to the same queue or topic. Where an address
// names no account, it may be that of the other; and endpoints differ for one queue, as those of a
// VPC do.
func (d Destination) SamePlace(other Destination) bool {
	a, b := d.address, other.address
	return a.Service == b.Service && a.Name == b.Name && d.Region == other.Region &&
		(a.Account == b.Account || a.Account == "" || b.Account == "")
}

// Equal reports whether two destinations are sent to in the same way, so that a reload can leave
// the lanes of this one alone.
func (d Destination) Equal(other Destination) bool { return reflect.DeepEqual(d, other) }

// A destination's name becomes part of a consumer group, a metric label and a header.
var destinationName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

func (d *Destination) check(c *checker, path string) {
	switch {
	case d.Name == UnmatchedDrop || d.Name == UnmatchedDeadLetter:
		c.Addf(path, "%q means something else in unmatched; choose another name", d.Name)
	case !destinationName.MatchString(d.Name):
		c.Addf(path, "%q cannot name a destination; write up to 64 letters, digits, dots, dashes and underscores", d.Name)
	}
	if d.Retry.Max < d.Retry.Initial && !c.IsUnread(path+".retry.max") {
		c.Addf(path+".retry.max", "%v is less than retry.initial, %v; raise the one or lower the other", d.Retry.Max, d.Retry.Initial)
	}
	checkAttributeNames(c, path+".attributes", d.Attributes)
	d.checkContents(c, path)
	ok := d.checkAddress(c, path)
	if ok {
		d.checkKind(c, path)
	}
	d.checkAccess(c, path, ok)
}

// maxForwardHeaders bounds what is tried on each header of each record.
const maxForwardHeaders = 64

func (d *Destination) checkContents(c *checker, path string) {
	if d.CloudEvents != (CloudEvents{}) && d.Envelope != InCloudEvents && !c.IsUnread(path+".envelope") {
		c.Addf(path+".cloudevents", "the envelope is %s, and only cloudevents has these attributes; write envelope: cloudevents, or remove them", d.Envelope)
	}
	if n := len(d.ForwardHeaders); n > maxForwardHeaders {
		c.Addf(path+".forward_headers", "these are %d names, and at most %d are looked for; put several into one, such as x-*", n, maxForwardHeaders)
	}
	for i, name := range d.ForwardHeaders {
		if name == "" {
			c.Addf(yamldoc.Index(path+".forward_headers", i), "the name is empty; write that of a header, or x-* for all that begin so")
		}
	}
}

func (d *Destination) checkAddress(c *checker, path string) bool {
	var err error
	key := path + ".sqs"
	switch {
	case c.IsUnread(path+".sqs") || c.IsUnread(path+".sns"):
		return false
	case d.SQS != "" && d.SNS != "":
		c.Addf(path, "both sqs and sns are set; make two destinations of it")
		return false
	case d.SQS != "":
		d.address, err = address.ParseQueue(d.SQS)
	case d.SNS != "":
		key = path + ".sns"
		d.address, err = address.ParseTopic(d.SNS)
	default:
		c.Addf(path, "neither sqs nor sns is set; add the queue's URL, ARN or name as sqs, or the topic's ARN as sns")
		return false
	}
	if err != nil {
		c.Addf(key, "%s", err)
	}
	return err == nil
}

// checkKind refuses what this kind of queue or topic cannot do.
func (d *Destination) checkKind(c *checker, path string) {
	switch a := d.address; {
	case a.FIFO() && d.Ordering == "":
		d.Ordering = Strict
	case !a.FIFO() && d.Ordering != "":
		c.Addf(path+".ordering", "%s is not a FIFO %s and keeps no order; remove ordering, or name one that ends in .fifo", a.Name, kindName(a.Service))
	}
	if d.Subject != "" && d.SQS != "" {
		c.Addf(path+".subject", "SQS messages have no subject; remove it, or make it an attribute")
	}
}

func kindName(s address.Service) string {
	if s == address.SNS {
		return "topic"
	}
	return "queue"
}

// checkAccess resolves where and as whom to send.
func (d *Destination) checkAccess(c *checker, path string, known bool) {
	a := d.address
	checkRegion(c, path+".region", d.Region)
	checkEndpoint(c, path+".endpoint", d.Endpoint)
	checkVariant(c, path+".endpoint", d.Endpoint)
	checkVariant(c, path+".sqs", a.Endpoint)
	if d.Region != "" && a.Region != "" && d.Region != a.Region {
		c.Addf(path+".region", "the address says %s and the region %s; remove region", a.Region, d.Region)
	}
	if d.Region = cmp.Or(d.Region, a.Region, c.awsRegion()); d.Region == "" && known && !c.IsUnread("aws.region") {
		c.Addf(path+".region", "the region is not known; add region here or under aws, set AWS_REGION, or write the %s as an ARN", kindName(a.Service))
	}
	if d.Endpoint == "" {
		checkEndpoint(c, path+".sqs", a.Endpoint)
	}
	if d.Endpoint = cmp.Or(d.Endpoint, a.Endpoint, c.AWS.Endpoint); d.Endpoint == "" && known {
		checkSurroundings(c, path, string(a.Service))
	}
	d.AssumeRole.check(c, path+".assume_role")
	noRole := d.AssumeRole.ARN == "" && c.AWS.AssumeRole.ARN == "" && !c.IsUnread(path+".assume_role.arn") && !c.IsUnread("aws.assume_role.arn")
	if d.AssumeRole.ExternalID != "" && noRole {
		c.Addf(path+".assume_role.external_id", "an external id belongs to a role, and there is none; add assume_role.arn")
	}
	d.AssumeRole = d.AssumeRole.over(c.AWS.AssumeRole)
}
