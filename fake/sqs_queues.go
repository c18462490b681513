package fake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$|^[A-Za-z0-9_-]{1,75}\.fifo$`)

func (a *AWS) createQueue(name string, o QueueOptions) (*Queue, *Error) {
	if !queueName.MatchString(name) {
		return nil, invalidValue("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	fifo := strings.HasSuffix(name, ".fifo")
	if o.Attributes["FifoQueue"] == "true" && !fifo {
		return nil, invalidValue("The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.")
	}
	settings, err := defaultSettings().with(o.Attributes, fifo)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if q := a.queues[name]; q != nil {
		return q.same(o.Attributes)
	}
	q := newQueue(a, name, o.Retain, a.trafficLocked(trafficKey{SQS, name}))
	q.settings.Store(settings)
	q.created = a.now()
	a.queues[name] = q
	return q, nil
}

// same is the answer to creating a queue again: the queue, or an error when an
// attribute differs.
func (q *Queue) same(attributes map[string]string) (*Queue, *Error) {
	have := q.settings.Load().text
	for name, value := range attributes {
		if have[name] != value {
			return nil, &Error{Type: "QueueNameExists", Code: "QueueAlreadyExists",
				Message: "A queue already exists with the same name and a different value for attribute " + name}
		}
	}
	return q, nil
}

func (c *call) createQueue() *Error {
	q, err := c.a.createQueue(c.cold.QueueName, QueueOptions{Attributes: c.cold.Attributes, Retain: c.a.retain})
	if err != nil {
		return err
	}
	return c.reply(map[string]string{"QueueUrl": q.URL})
}

func (c *call) deleteQueue() *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	q.Delete()
	return c.empty()
}

// Delete ends the queue, as the DeleteQueue API does: another of its name may be made at once.
func (q *Queue) Delete() {
	q.a.mu.Lock()
	if q.a.queues[q.Name] == q {
		delete(q.a.queues, q.Name)
	}
	q.a.mu.Unlock()
	q.close()
}

func (c *call) getQueueURL() *Error {
	if owner := c.cold.QueueOwnerAWSAccountID; owner != "" && owner != c.a.Account {
		return sqsQueueMissing()
	}
	q, err := c.queue()
	if err != nil {
		return err
	}
	return c.reply(map[string]string{"QueueUrl": q.URL})
}

func (c *call) listQueues() *Error {
	c.a.mu.RLock()
	defer c.a.mu.RUnlock()
	urls := []string{}
	for name, q := range c.a.queues {
		if strings.HasPrefix(name, c.cold.QueueNamePrefix) {
			urls = append(urls, q.URL)
		}
	}
	slices.Sort(urls)
	return c.reply(map[string][]string{"QueueUrls": urls})
}

func (c *call) purgeQueue() *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	q.purge()
	return c.empty()
}

func (c *call) setQueueAttributes() *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	if err := q.change(c.cold.Attributes); err != nil {
		return err
	}
	return c.empty()
}

// Set changes an attribute, as the SetQueueAttributes API does; the error is an [*Error] as that answers
// it.
func (q *Queue) Set(name, value string) error {
	if err := q.change(map[string]string{name: value}); err != nil {
		return err
	}
	return nil
}

func (q *Queue) change(attributes map[string]string) *Error {
	q.a.mu.Lock() // one change at a time
	defer q.a.mu.Unlock()
	settings, err := q.settings.Load().with(attributes, q.FIFO)
	if err != nil {
		return err
	}
	q.settings.Store(settings)
	return nil
}

func (c *call) getQueueAttributes() *Error {
	q, err := c.queue()
	if err != nil {
		return err
	}
	all := q.attributeValues()
	picked := map[string]string{}
	for _, name := range c.cold.AttributeNames {
		value, known := all[name]
		switch {
		case name == "All":
			return c.reply(map[string]map[string]string{"Attributes": all})
		case known:
			picked[name] = value
		case !settable[name]:
			return unknownAttribute(name)
		}
	}
	return c.reply(map[string]map[string]string{"Attributes": picked})
}

// settable are the attributes that exist and may be unset.
var settable = map[string]bool{
	"Policy": true, "RedrivePolicy": true, "RedriveAllowPolicy": true, "KmsMasterKeyId": true,
	"KmsDataKeyReusePeriodSeconds": true, "FifoQueue": true, "ContentBasedDeduplication": true,
	"DeduplicationScope": true, "FifoThroughputLimit": true,
}

func (q *Queue) attributeValues() map[string]string {
	visible, inFlight, delayed := q.Depth()
	all := map[string]string{
		"QueueArn":                              q.ARN,
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(inFlight),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(delayed),
		"CreatedTimestamp":                      epoch(q.created),
		"LastModifiedTimestamp":                 epoch(q.created),
	}
	for name, value := range q.settings.Load().text {
		all[name] = value
	}
	return all
}

func epoch(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
