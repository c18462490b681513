package fake

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$|^[A-Za-z0-9_-]{1,251}\.fifo$`)

// namespaces are those of the XML answers.
var namespaces = map[Service]string{
	SNS: "http://sns.amazonaws.com/doc/2010-03-31/",
	STS: "https://sts.amazonaws.com/doc/2011-06-15/",
}

// snsActions is the SNS API that the endpoint knows.
var snsActions map[string]func(*call) *Error

func init() {
	snsActions = map[string]func(*call) *Error{
		"Publish":                   (*call).publish,
		"PublishBatch":              (*call).publishBatch,
		"CreateTopic":               (*call).createTopic,
		"DeleteTopic":               (*call).deleteTopic,
		"ListTopics":                (*call).listTopics,
		"GetTopicAttributes":        (*call).getTopicAttributes,
		"SetTopicAttributes":        (*call).setTopicAttributes,
		"Subscribe":                 (*call).subscribe,
		"Unsubscribe":               (*call).unsubscribe,
		"ListSubscriptionsByTopic":  (*call).listSubscriptionsByTopic,
		"GetSubscriptionAttributes": (*call).getSubscriptionAttributes,
		"SetSubscriptionAttributes": (*call).setSubscriptionAttributes,
	}
}

func (c *call) decodeSNS() *Error {
	arn := c.form.get("TopicArn")
	if arn == "" {
		arn = c.form.get("TargetArn")
	}
	if parts := strings.Split(c.form.get("SubscriptionArn"), ":"); len(parts) == 7 {
		arn = parts[5]
	}
	if arn == "" {
		arn = c.form.get("Name")
	}
	c.target = lastPart(arn, ":")
	if c.action == "Publish" || c.action == "PublishBatch" {
		if err := c.form.decodePublish(c.action == "PublishBatch", &c.send); err != nil {
			return invalidParameter("%v", err)
		}
	}
	return nil
}

// topic resolves the topic that a request names. An ARN of another region or a
// malformed one is an invalid parameter, an unknown one is not found.
func (c *call) topic() (*Topic, *Error) {
	arn := c.form.get("TopicArn")
	if arn == "" {
		arn = c.form.get("TargetArn")
	}
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "sns" || parts[3] != c.a.Region {
		return nil, invalidParameter("TopicArn")
	}
	t := c.a.Topic(parts[5])
	if t == nil || t.ARN != arn {
		return nil, notFound("Topic does not exist")
	}
	return t, nil
}

func (c *call) subscription() (*Subscription, *Error) {
	c.a.mu.RLock()
	defer c.a.mu.RUnlock()
	s := c.a.subscriptions[c.form.get("SubscriptionArn")]
	if s == nil {
		return nil, notFound("Subscription does not exist")
	}
	return s, nil
}

func (c *call) createTopic() *Error {
	t, err := c.a.createTopic(c.form.get("Name"), TopicOptions{Attributes: c.form.entries("Attributes"), Retain: c.a.retain})
	if err != nil {
		return err
	}
	c.open("CreateTopic")
	c.element("TopicArn", t.ARN)
	return c.close("CreateTopic")
}

func (c *call) deleteTopic() *Error {
	if t, err := c.topic(); err == nil {
		t.Delete()
	}
	return c.bare("DeleteTopic")
}

// Delete ends the topic and its subscriptions, as the DeleteTopic API does: another of its name may be made
// at once.
func (t *Topic) Delete() {
	for _, s := range t.subscribers() {
		t.a.unsubscribe(s)
	}
	t.a.mu.Lock()
	if t.a.topics[t.Name] == t {
		delete(t.a.topics, t.Name)
	}
	t.a.mu.Unlock()
}

func (c *call) listTopics() *Error {
	c.a.mu.RLock()
	defer c.a.mu.RUnlock()
	c.open("ListTopics")
	c.out = append(c.out, "<Topics>"...)
	for _, name := range slices.Sorted(maps.Keys(c.a.topics)) {
		c.out = append(c.out, "<member>"...)
		c.element("TopicArn", c.a.topics[name].ARN)
		c.out = append(c.out, "</member>"...)
	}
	c.out = append(c.out, "</Topics>"...)
	return c.close("ListTopics")
}

func (c *call) getTopicAttributes() *Error {
	t, err := c.topic()
	if err != nil {
		return err
	}
	return c.attributeMap("GetTopicAttributes", t.values())
}

func (c *call) setTopicAttributes() *Error {
	t, err := c.topic()
	if err == nil {
		err = t.set(c.form.get("AttributeName"), c.form.get("AttributeValue"))
	}
	if err != nil {
		return err
	}
	return c.bare("SetTopicAttributes")
}

func (c *call) subscribe() *Error {
	t, err := c.topic()
	if err != nil {
		return err
	}
	if c.form.get("Protocol") != "sqs" {
		return invalidParameter("Protocol: this endpoint delivers to sqs only")
	}
	s, err := c.a.subscribe(t, c.form.get("Endpoint"), c.form.entries("Attributes"))
	if err != nil {
		return err
	}
	c.open("Subscribe")
	c.element("SubscriptionArn", s.ARN)
	return c.close("Subscribe")
}

func (c *call) unsubscribe() *Error {
	if s, err := c.subscription(); err == nil {
		c.a.unsubscribe(s)
	}
	return c.bare("Unsubscribe")
}

func (c *call) listSubscriptionsByTopic() *Error {
	t, err := c.topic()
	if err != nil {
		return err
	}
	c.open("ListSubscriptionsByTopic")
	c.out = append(c.out, "<Subscriptions>"...)
	for _, s := range t.subscribers() {
		c.out = append(c.out, "<member>"...)
		c.element("SubscriptionArn", s.ARN)
		c.element("Owner", c.a.Account)
		c.element("Protocol", "sqs")
		c.element("Endpoint", s.Endpoint)
		c.element("TopicArn", t.ARN)
		c.out = append(c.out, "</member>"...)
	}
	c.out = append(c.out, "</Subscriptions>"...)
	return c.close("ListSubscriptionsByTopic")
}

func (c *call) getSubscriptionAttributes() *Error {
	s, err := c.subscription()
	if err != nil {
		return err
	}
	return c.attributeMap("GetSubscriptionAttributes", s.values())
}

func (c *call) setSubscriptionAttributes() *Error {
	s, err := c.subscription()
	if err == nil {
		err = s.set(c.form.get("AttributeName"), c.form.get("AttributeValue"))
	}
	if err != nil {
		return err
	}
	return c.bare("SetSubscriptionAttributes")
}
