package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// filterPolicy is a subscription's filter on message attributes: for each name the
// JSON texts of the values that match. Only exact values are known; every other
// operator is refused when the policy is set, so that nothing passes by mistake.
type filterPolicy map[string][]string

func parseFilter(text string) (filterPolicy, *Error) {
	if text == "" || text == "{}" {
		return nil, nil
	}
	var raw map[string][]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, invalidParameter("FilterPolicy: an object of arrays is expected: %v", err)
	}
	p := filterPolicy{}
	for name, values := range raw {
		for _, v := range values {
			if v[0] == '{' || v[0] == '[' {
				return nil, invalidParameter("FilterPolicy: this endpoint knows exact values only, not %s", v)
			}
			p[name] = append(p[name], canonical(v))
		}
	}
	return p, nil
}

func canonical(v json.RawMessage) string {
	var b bytes.Buffer
	_ = json.Compact(&b, v) // it was decoded before
	return b.String()
}

// invalid returns the name of an attribute for which a subscription with a policy drops the message,
// whatever the policy is about: a text that is not "a valid JSON string" as it stands (SNS developer guide,
// "Amazon SNS message attributes"; metric NumberOfNotificationsFilteredOut-InvalidAttributes). Empty where
// there is none.
func (p filterPolicy) invalid(attributes map[string]Attribute) string {
	if len(p) == 0 {
		return ""
	}
	for name, a := range attributes {
		text := strings.HasPrefix(a.Type, "String") && a.Type != "String.Array"
		if text && !json.Valid([]byte(`"`+a.String+`"`)) {
			return name
		}
	}
	return ""
}

func (p filterPolicy) match(attributes map[string]Attribute) bool {
	for name, allowed := range p {
		a, ok := attributes[name]
		if !ok || !matchOne(a, allowed) {
			return false
		}
	}
	return true
}

func matchOne(a Attribute, allowed []string) bool {
	values := []string{a.String}
	switch {
	case a.Type == "String.Array":
		var raw []json.RawMessage
		if json.Unmarshal([]byte(a.String), &raw) != nil {
			return false
		}
		values = nil
		for _, v := range raw {
			values = append(values, canonical(v))
		}
	case strings.HasPrefix(a.Type, "String"):
		values[0] = string(appendJSON(nil, a.String))
	}
	for _, v := range values {
		for _, want := range allowed {
			if v == want {
				return true
			}
		}
	}
	return false
}

func validArray(b []byte) bool {
	var raw []json.RawMessage
	return json.Unmarshal(b, &raw) == nil
}

// Filter sets the subscription's FilterPolicy. The error is an [*Error] as the SetSubscriptionAttributes API
// answers it.
func (s *Subscription) Filter(policy string) error {
	if err := s.set("FilterPolicy", policy); err != nil {
		return err
	}
	return nil
}

// set changes a subscription attribute (SNS API reference,
// SetSubscriptionAttributes).
func (s *Subscription) set(name, value string) *Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name {
	case "RawMessageDelivery":
		if value != "true" && value != "false" {
			return invalidParameter("Attributes Reason: RawMessageDelivery: Invalid value [%s]. Must be true or false.", value)
		}
		s.raw = value == "true"
	case "FilterPolicy":
		p, err := parseFilter(value)
		if err != nil {
			return err
		}
		s.filter = p
	case "FilterPolicyScope":
		if value != "MessageAttributes" {
			return invalidParameter("FilterPolicyScope: this endpoint knows MessageAttributes only")
		}
	case "RedrivePolicy":
		var p struct {
			DeadLetterTargetArn string `json:"deadLetterTargetArn"`
		}
		if err := json.Unmarshal([]byte(value), &p); err != nil && value != "" {
			return invalidParameter("RedrivePolicy: %v", err)
		}
		s.deadLetterARN = p.DeadLetterTargetArn
	default:
		return invalidParameter("AttributeName")
	}
	s.attributes[name] = value
	return nil
}

func (s *Subscription) values() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{"SubscriptionArn": s.ARN, "TopicArn": s.Topic.ARN, "Protocol": "sqs",
		"Endpoint": s.Endpoint, "Owner": s.Topic.a.Account, "PendingConfirmation": "false"}
	for k, v := range s.attributes {
		all[k] = v
	}
	return all
}

func (s *Subscription) String() string { return fmt.Sprintf("%s → %s", s.Topic.Name, s.Endpoint) }
