package fake

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	defaultTopicBytes = 256 << 10
	maxTopicBytes     = 1 << 20
)

// Topic is an SNS topic. Its journal holds what was published, which is not
// always what subscribers got: see [Topic.Undelivered].
type Topic struct {
	journal

	Name, ARN string
	FIFO      bool

	// Traffic is what was asked of the topic.
	*Traffic

	a *AWS

	mu            sync.Mutex
	attributes    map[string]string
	maxSize       int
	subscriptions []*Subscription // replaced, never changed
	dedup         *dedup
	sequence      uint64
	publishing    sync.Mutex // FIFO: one call at a time; taken before mu
	undelivered   []Undelivered
}

// Undelivered is a message that a subscription did not get. As with SNS the
// publisher is not told.
type Undelivered struct {
	MessageID, Queue, Reason string
}

// TopicOptions configure a topic made in Go.
type TopicOptions struct {
	// Attributes as for the CreateTopic API.
	Attributes map[string]string
	// Retain is what the topic remembers.
	Retain Retain
}

// Subscription connects a topic with a queue.
type Subscription struct {
	ARN   string
	Topic *Topic
	// Endpoint is the queue's ARN.
	Endpoint string

	mu            sync.Mutex
	attributes    map[string]string
	raw           bool
	filter        filterPolicy
	deadLetterARN string
}

// CreateTopic makes a topic, or returns the one that has the name already. The
// error is an [*Error] as the CreateTopic API answers it.
func (a *AWS) CreateTopic(name string, o TopicOptions) (*Topic, error) {
	t, err := a.createTopic(name, o)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (a *AWS) createTopic(name string, o TopicOptions) (*Topic, *Error) {
	fifo := strings.HasSuffix(name, ".fifo")
	if !topicName.MatchString(name) || (o.Attributes["FifoTopic"] == "true") && !fifo {
		return nil, invalidParameter("Topic Name")
	}
	t := &Topic{
		Name: name, FIFO: fifo, ARN: "arn:aws:sns:" + a.Region + ":" + a.Account + ":" + name,
		a: a, attributes: map[string]string{}, maxSize: defaultTopicBytes, dedup: newDedup(),
	}
	t.journal.retain = o.Retain
	if fifo {
		t.attributes["FifoTopic"], t.attributes["ContentBasedDeduplication"] = "true", "false"
	}
	for k, v := range o.Attributes {
		if err := t.set(k, v); err != nil {
			return nil, err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if old := a.topics[name]; old != nil {
		return old, nil
	}
	t.Traffic = a.trafficLocked(trafficKey{SNS, name})
	a.topics[name] = t
	return t, nil
}

// set changes a topic attribute (SNS API reference, SetTopicAttributes).
func (t *Topic) set(name, value string) *Error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch name {
	case "MaximumMessageSize":
		n, err := intBetween(value, 1024, maxTopicBytes)
		if err != nil {
			return invalidParameter("Attributes Reason: MaximumMessageSize %v", err)
		}
		t.maxSize = n
	case "FifoTopic":
		if (value == "true") != t.FIFO {
			return invalidParameter("Attributes Reason: FifoTopic does not fit the topic's name")
		}
	case "ContentBasedDeduplication", "FifoThroughputScope":
		if !t.FIFO {
			return invalidParameter("Attributes Reason: %s is not supported on standard topics", name)
		}
	case "DisplayName", "Policy", "DeliveryPolicy", "KmsMasterKeyId", "TracingConfig", "SignatureVersion", "ArchivePolicy":
	default:
		return invalidParameter("AttributeName")
	}
	t.attributes[name] = value
	return nil
}

func (t *Topic) values() map[string]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := maps.Clone(t.attributes)
	all["TopicArn"], all["Owner"] = t.ARN, t.a.Account
	all["SubscriptionsConfirmed"] = fmt.Sprint(len(t.subscriptions))
	return all
}

// Undelivered returns what was published and did not reach a subscribed queue,
// nor its subscription's dead-letter queue.
func (t *Topic) Undelivered() []Undelivered {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.undelivered)
}

// Subscribe connects a topic with a queue, raw or with the JSON envelope.
func (a *AWS) Subscribe(topic *Topic, queue *Queue, raw bool) (*Subscription, error) {
	s, err := a.subscribe(topic, queue.ARN, map[string]string{"RawMessageDelivery": fmt.Sprint(raw)})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (a *AWS) subscribe(t *Topic, endpoint string, attributes map[string]string) (*Subscription, *Error) {
	if !t.FIFO && strings.HasSuffix(endpoint, ".fifo") {
		return nil, invalidParameter("Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics")
	}
	if !strings.HasPrefix(endpoint, "arn:aws:sqs:") {
		return nil, invalidParameter("SQS endpoint ARN")
	}
	for _, old := range t.subscribers() {
		if old.Endpoint == endpoint {
			return old, nil
		}
	}
	id := a.ids.new()
	s := &Subscription{ARN: t.ARN + ":" + string(id[:]), Topic: t, Endpoint: endpoint,
		attributes: map[string]string{"RawMessageDelivery": "false"}}
	for k, v := range attributes {
		if err := s.set(k, v); err != nil {
			return nil, err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.subscriptions[s.ARN] = s
	t.mu.Lock()
	defer t.mu.Unlock()
	t.subscriptions = append(slices.Clone(t.subscriptions), s)
	return s, nil
}

func (a *AWS) unsubscribe(s *Subscription) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.subscriptions, s.ARN)
	s.Topic.mu.Lock()
	defer s.Topic.mu.Unlock()
	s.Topic.subscriptions = slices.DeleteFunc(slices.Clone(s.Topic.subscriptions), func(o *Subscription) bool { return o == s })
}

func (t *Topic) subscribers() []*Subscription {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.subscriptions
}

func (t *Topic) lost(id, queue, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.undelivered = append(t.undelivered, Undelivered{id, queue, reason})
}

func (t *Topic) limits() (maxSize int, contentDedup, perGroup bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.maxSize, t.attributes["ContentBasedDeduplication"] == "true", t.attributes["FifoThroughputScope"] == "MessageGroup"
}

// register deduplicates and numbers one message of a FIFO topic. It says whether
// the message is new. The publisher holds t.publishing.
func (t *Topic) register(e *entry, perGroup bool, now time.Time) (o original, fresh bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := t.dedup.key(e.dedup, e.group, perGroup)
	if first, ok := t.dedup.find(key, now); ok {
		t.journal.arrivedAgain(first.journal)
		return first, false
	}
	t.sequence++
	o = original{id: t.a.ids.new(), seq: t.sequence, journal: t.journal.position()}
	t.dedup.remember(key, o, now)
	return o, true
}
