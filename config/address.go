package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Service is the AWS service that a destination belongs to.
type Service string

// The services.
const (
	SQS Service = "sqs"
	SNS Service = "sns"
)

// Address is a queue or topic as the configuration names it, taken apart. What the form of the
// address does not tell is empty.
type Address struct {
	Service Service
	// Name of the queue or topic, with its .fifo.
	Name    string
	Region  string
	Account string
	// ARN or URL is set where the address is one.
	ARN string
	URL string
	// Endpoint is the scheme and host of a URL that is not one of AWS: an emulator.
	Endpoint string
}

// FIFO reports whether the queue or topic is a FIFO one, which its name tells.
func (a Address) FIFO() bool { return strings.HasSuffix(a.Name, ".fifo") }

var (
	queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)
	topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	awsARN    = regexp.MustCompile(`^arn:aws[a-z-]*:(sqs|sns):([a-z0-9-]+):(\d{12}):(.+)$`)
	// The region is in the host name of every endpoint of SQS, of the old ones too.
	queueHost  = regexp.MustCompile(`(?:^|\.)sqs(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$`)
	legacyHost = regexp.MustCompile(`^(?:([a-z0-9-]+)\.)?queue\.amazonaws\.com(?:\.cn)?$`)
	accountID  = regexp.MustCompile(`^\d{12}$`)
)

func named(name string, pattern *regexp.Regexp, longest int) bool {
	return len(name) <= longest && pattern.MatchString(strings.TrimSuffix(name, ".fifo"))
}

// ParseQueue takes the address of a queue apart: a URL, an ARN or a name.
func ParseQueue(text string) (Address, error) {
	switch {
	case strings.Contains(text, "://"):
		return parseQueueURL(text)
	case strings.HasPrefix(text, "arn:"):
		a, err := parseARN(text)
		if err == nil && (a.Service != SQS || !named(a.Name, queueName, 80)) {
			if a.Service == SNS {
				return Address{}, fmt.Errorf("%q is a topic of SNS; write it under sns", text)
			}
			err = errors.New("")
		}
		if err != nil {
			return Address{}, fmt.Errorf("%q is not the ARN of a queue; write arn:aws:sqs:REGION:ACCOUNT:NAME", text)
		}
		return a, nil
	case !named(text, queueName, 80):
		return Address{}, fmt.Errorf("%q is not a queue; write its URL, its ARN, or its name of up to 80 letters, digits, dashes and underscores", text)
	}
	return Address{Service: SQS, Name: text}, nil
}

// ParseTopic takes the ARN of a topic apart.
func ParseTopic(text string) (Address, error) {
	a, err := parseARN(text)
	if err == nil && a.Service == SQS {
		return Address{}, fmt.Errorf("%q is a queue of SQS; write it under sqs", text)
	}
	if err != nil || !named(a.Name, topicName, 256) {
		return Address{}, fmt.Errorf("%q is not the ARN of a topic; write arn:aws:sns:REGION:ACCOUNT:NAME", text)
	}
	return a, nil
}

func parseARN(text string) (Address, error) {
	m := awsARN.FindStringSubmatch(text)
	if m == nil {
		return Address{}, errors.New("not an ARN")
	}
	return Address{Service: Service(m[1]), Region: m[2], Account: m[3], Name: m[4], ARN: text}, nil
}

func parseQueueURL(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Address{}, fmt.Errorf("%q is not the URL of a queue; write https://sqs.REGION.amazonaws.com/ACCOUNT/NAME", text)
	}
	steps := strings.Split(strings.Trim(u.Path, "/"), "/")
	a := Address{Service: SQS, Name: steps[len(steps)-1], URL: text}
	if len(steps) >= 2 && accountID.MatchString(steps[len(steps)-2]) {
		a.Account = steps[len(steps)-2]
	}
	if !named(a.Name, queueName, 80) {
		return Address{}, fmt.Errorf("%q does not end in the name of a queue; write https://sqs.REGION.amazonaws.com/ACCOUNT/NAME", text)
	}
	host := strings.ToLower(u.Hostname())
	if strings.HasSuffix(host, ".amazonaws.com") && a.Account == "" {
		return Address{}, fmt.Errorf("%q is not the URL of a queue; write https://sqs.REGION.amazonaws.com/ACCOUNT/NAME", text)
	}
	switch {
	case queueHost.MatchString(host):
		a.Region = queueHost.FindStringSubmatch(host)[1]
	case legacyHost.MatchString(host):
		if a.Region = legacyHost.FindStringSubmatch(host)[1]; a.Region == "" {
			a.Region = "us-east-1"
		}
	case !strings.HasSuffix(host, ".amazonaws.com"):
		a.Endpoint = u.Scheme + "://" + u.Host
	}
	return a, nil
}
