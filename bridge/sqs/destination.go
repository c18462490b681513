package sqs

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
)

// Destination is a queue as the configuration names it.
type Destination struct {
	// Name of the queue, with its .fifo suffix where it has one.
	Name string
	// Account is the owner's twelve digits, or empty where the configuration does not say.
	Account string
	// Region, or empty where it does not follow from the name: the default region then.
	Region string
	// URL is the queue's URL where it was given as one.
	URL string

	fallback       string // where requests go unless an endpoint is configured
	fips, dualHost bool
}

// FIFO tells whether the name is that of a FIFO queue; the suffix is mandatory for those and
// forbidden to others (SQS API reference, CreateQueue).
func (d Destination) FIFO() bool { return strings.HasSuffix(d.Name, ".fifo") }

var (
	queueName  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)
	regionName = regexp.MustCompile(`^[a-z]{2,5}(-[a-z]+)+-[0-9]+$`)
)

// Parse reads a queue URL, an ARN or a plain name. The error says what to write instead.
func Parse(s string) (Destination, error) {
	var d Destination
	var err error
	switch {
	case strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "https://"):
		d, err = parseURL(s)
	case strings.HasPrefix(s, "arn:"):
		d, err = parseARN(s)
	default:
		d.Name = s
	}
	if err != nil {
		return Destination{}, err
	}
	if base := strings.TrimSuffix(d.Name, ".fifo"); len(d.Name) > 80 || !queueName.MatchString(base) {
		return Destination{}, fmt.Errorf("queue name %q: write 1 to 80 letters, digits, hyphens and underscores, with .fifo at the end of a FIFO queue's", d.Name)
	}
	return d, nil
}

// parseARN reads arn:PARTITION:sqs:REGION:ACCOUNT:NAME.
func parseARN(s string) (Destination, error) {
	part := strings.Split(s, ":")
	if len(part) != 6 || part[2] != "sqs" || part[3] == "" || part[4] == "" {
		return Destination{}, fmt.Errorf("%q is not a queue's ARN; write it like arn:aws:sqs:eu-west-1:111122223333:orders", s)
	}
	return Destination{Region: part[3], Account: part[4], Name: part[5]}, nil
}

// parseURL reads a queue URL. Its path ends in ACCOUNT/NAME, or in NAME alone with some emulators.
func parseURL(s string) (Destination, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.RawQuery != "" || strings.Trim(u.Path, "/") == "" {
		return Destination{}, fmt.Errorf("%q is not a queue's URL; write it like https://sqs.eu-west-1.amazonaws.com/111122223333/orders", s)
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	d := Destination{URL: s, Name: path[len(path)-1]}
	if len(path) > 1 {
		d.Account = path[len(path)-2]
	}
	d.readHost(u)
	return d, nil
}

// readHost finds the region in the host, and what else the host says of where requests go:
//
//	sqs.REGION.amazonaws.com[.cn]  sqs-fips.REGION.amazonaws.com  sqs[-fips].REGION.api.aws
//	REGION.queue.amazonaws.com     queue.amazonaws.com (us-east-1)
//	vpce-….sqs.REGION.vpce.amazonaws.com
//
// A host of another form or suffix, an emulator's or a private name, gets the requests itself, as
// does a VPC endpoint: where one is written, the public address is often out of reach.
func (d *Destination) readHost(u *url.URL) {
	host := strings.ToLower(u.Hostname())
	label := strings.Split(host, ".")
	if host == "queue.amazonaws.com" {
		d.Region = "us-east-1"
		return
	}
	for i := 0; i+1 < len(label); i++ {
		switch {
		case (label[i] == "sqs" || label[i] == "sqs-fips") && regionName.MatchString(label[i+1]):
			d.Region = label[i+1]
			d.fips = label[i] == "sqs-fips"
			d.dualHost = strings.HasSuffix(host, ".api.aws")
			if public := strings.Contains(host, ".amazonaws.") || d.dualHost; i > 0 || !public {
				d.fallback = u.Scheme + "://" + u.Host
			}
			return
		case i == 0 && label[1] == "queue" && regionName.MatchString(label[0]):
			d.Region = label[0]
			return
		}
	}
	d.fallback = u.Scheme + "://" + u.Host
}

// target is whom the queue's requests are sent to.
func (d Destination) target(o Options) awsapi.Target {
	t := awsapi.Target{
		Service:          awsapi.SQS,
		Region:           d.Region,
		Endpoint:         o.Endpoint,
		FallbackEndpoint: d.fallback,
		FIPS:             d.fips,
		DualStack:        d.dualHost,
		Identity:         o.Identity,
	}
	if t.Region == "" {
		t.Region = o.Region
	}
	return t
}
