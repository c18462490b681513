package fake

import (
	"encoding/json"
)

// sqsActions is the SQS API that the endpoint knows.
var sqsActions map[string]func(*call) *Error

func init() {
	sqsActions = map[string]func(*call) *Error{
		"SendMessage":                  (*call).sendMessage,
		"SendMessageBatch":             (*call).sendMessageBatch,
		"ReceiveMessage":               (*call).receiveMessage,
		"DeleteMessage":                (*call).deleteMessage,
		"DeleteMessageBatch":           (*call).deleteMessageBatch,
		"ChangeMessageVisibility":      (*call).changeMessageVisibility,
		"ChangeMessageVisibilityBatch": (*call).changeMessageVisibilityBatch,
		"PurgeQueue":                   (*call).purgeQueue,
		"CreateQueue":                  (*call).createQueue,
		"DeleteQueue":                  (*call).deleteQueue,
		"GetQueueUrl":                  (*call).getQueueURL,
		"ListQueues":                   (*call).listQueues,
		"GetQueueAttributes":           (*call).getQueueAttributes,
		"SetQueueAttributes":           (*call).setQueueAttributes,
	}
}

// coldRequest holds the parameters of every SQS action but the sends.
type coldRequest struct {
	QueueURL                    string `json:"QueueUrl"`
	QueueName                   string
	QueueNamePrefix             string
	QueueOwnerAWSAccountID      string `json:"QueueOwnerAWSAccountId"`
	Attributes                  map[string]string
	AttributeNames              []string
	MessageSystemAttributeNames []string
	MessageAttributeNames       []string
	MaxNumberOfMessages         *int
	VisibilityTimeout           *int
	WaitTimeSeconds             *int
	ReceiptHandle               string
	Entries                     []coldEntry
}

type coldEntry struct {
	ID                string `json:"Id"`
	ReceiptHandle     string
	VisibilityTimeout int
}

func (c *call) decodeSQS() *Error {
	switch c.action {
	case "SendMessage", "SendMessageBatch":
		if err := decodeSend(c.body.Bytes(), c.action == "SendMessageBatch", &c.send); err != nil {
			return malformed(err)
		}
		c.target = lastPart(string(c.send.queueURL), "/")
		return nil
	}
	if err := json.Unmarshal(c.body.Bytes(), &c.cold); err != nil {
		return malformed(err)
	}
	c.target = c.cold.QueueName
	if c.target == "" {
		c.target = lastPart(c.cold.QueueURL, "/")
	}
	return nil
}

// queue resolves the queue that a request names. Like AWS it looks at account and
// name, not at the URL's host.
func (c *call) queue() (*Queue, *Error) {
	q := c.a.Queue(c.target)
	if q == nil {
		return nil, sqsQueueMissing()
	}
	return q, nil
}

// reply encodes an answer that is not worth hand-writing.
func (c *call) reply(v any) *Error {
	text, err := json.Marshal(v)
	if err != nil {
		return &Error{Code: "InternalFailure", Status: 500, Receiver: true, Message: err.Error()}
	}
	c.out = append(c.out, text...)
	return nil
}

func (c *call) empty() *Error {
	c.out = append(c.out, "{}"...)
	return nil
}
