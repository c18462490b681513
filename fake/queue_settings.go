package fake

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
)

// queueSettings are a queue's attributes, as text and parsed. They are replaced
// as a whole, never changed.
type queueSettings struct {
	text          map[string]string // as set by the user
	maxSize       int               // bytes
	delay         int               // seconds
	visibility    int               // seconds
	wait          int               // seconds
	contentDedup  bool
	dedupPerGroup bool
	deadLetterARN string
	maxReceive    int
}

func defaultSettings() *queueSettings {
	return &queueSettings{maxSize: maxBatchBytes, visibility: 30, text: map[string]string{
		"VisibilityTimeout": "30", "MaximumMessageSize": "1048576", "MessageRetentionPeriod": "345600",
		"DelaySeconds": "0", "ReceiveMessageWaitTimeSeconds": "0", "SqsManagedSseEnabled": "true",
	}}
}

// with returns the settings changed by attributes (SQS API reference,
// SetQueueAttributes), or the error that SQS answers.
func (s *queueSettings) with(attributes map[string]string, fifo bool) (*queueSettings, *Error) {
	n := *s
	n.text = maps.Clone(s.text)
	if fifo && n.text["FifoQueue"] == "" {
		n.text["FifoQueue"], n.text["ContentBasedDeduplication"] = "true", "false"
		n.text["DeduplicationScope"], n.text["FifoThroughputLimit"] = "queue", "perQueue"
	}
	for name, value := range attributes {
		if err := n.set(name, value, fifo); err != nil {
			return nil, err
		}
	}
	return &n, nil
}

func (s *queueSettings) set(name, value string, fifo bool) *Error {
	var err error
	switch name {
	case "MaximumMessageSize":
		s.maxSize, err = intBetween(value, 1024, maxBatchBytes)
	case "DelaySeconds":
		s.delay, err = intBetween(value, 0, maxDelaySeconds)
	case "VisibilityTimeout":
		s.visibility, err = intBetween(value, 0, maxVisibility)
	case "ReceiveMessageWaitTimeSeconds":
		s.wait, err = intBetween(value, 0, maxWait)
	case "MessageRetentionPeriod":
		_, err = intBetween(value, 60, 1209600)
	case "KmsDataKeyReusePeriodSeconds":
		_, err = intBetween(value, 60, 86400)
	case "RedrivePolicy":
		err = s.setRedrive(value)
	case "Policy", "KmsMasterKeyId", "SqsManagedSseEnabled", "RedriveAllowPolicy":
	case "FifoQueue":
		if !fifo || value != "true" {
			return &Error{Type: "InvalidAttributeValue", Code: "InvalidAttributeValue",
				Message: "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."}
		}
	case "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit":
		if !fifo {
			return unknownAttribute(name)
		}
		err = s.setFIFO(name, value)
	default:
		return unknownAttribute(name)
	}
	if err != nil {
		return &Error{Type: "InvalidAttributeValue", Code: "InvalidAttributeValue",
			Message: fmt.Sprintf("Invalid value for the parameter %s. Reason: %v.", name, err)}
	}
	if value == "" {
		delete(s.text, name)
	} else {
		s.text[name] = value
	}
	return nil
}

func unknownAttribute(name string) *Error {
	return &Error{Type: "InvalidAttributeName", Code: "InvalidAttributeName", Message: "Unknown Attribute " + name + "."}
}

func (s *queueSettings) setFIFO(name, value string) error {
	allowed := map[string][2]string{
		"ContentBasedDeduplication": {"true", "false"},
		"DeduplicationScope":        {"messageGroup", "queue"},
		"FifoThroughputLimit":       {"perMessageGroupId", "perQueue"},
	}[name]
	if value != allowed[0] && value != allowed[1] {
		return fmt.Errorf("must be %s or %s", allowed[0], allowed[1])
	}
	switch name {
	case "ContentBasedDeduplication":
		s.contentDedup = value == "true"
	case "DeduplicationScope":
		s.dedupPerGroup = value == "messageGroup"
	}
	return nil
}

func (s *queueSettings) setRedrive(value string) error {
	s.deadLetterARN, s.maxReceive = "", 0
	if value == "" {
		return nil
	}
	var p struct {
		DeadLetterTargetArn string      `json:"deadLetterTargetArn"`
		MaxReceiveCount     json.Number `json:"maxReceiveCount"`
	}
	if err := json.Unmarshal([]byte(value), &p); err != nil {
		return fmt.Errorf("redrive policy is not valid JSON")
	}
	n, err := intBetween(p.MaxReceiveCount.String(), 1, 1000)
	if err != nil {
		return fmt.Errorf("maxReceiveCount %w", err)
	}
	s.deadLetterARN, s.maxReceive = p.DeadLetterTargetArn, n
	return nil
}

func intBetween(v string, low, high int) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("must be an integer from %d to %d", low, high)
	}
	return n, nil
}
