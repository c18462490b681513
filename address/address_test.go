package address

import (
	"strings"
	"testing"
)

const owner = "111122223333"

func TestQueueIsParsedFromNameARNOrURL(t *testing.T) {
	at := func(region string) Address { return Address{Name: "o", Account: owner, Region: region} }
	with := func(a Address, change func(*Address)) Address { change(&a); return a }
	private := func(region, endpoint string) Address {
		return with(at(region), func(a *Address) { a.Endpoint = endpoint })
	}
	fips := func(a *Address) { a.FIPS = true }
	dual := func(a *Address) { a.DualStack = true }

	for text, want := range map[string]Address{
		"orders":                {Name: "orders"},
		"orders.fifo":           {Name: "orders.fifo"},
		strings.Repeat("x", 80): {Name: strings.Repeat("x", 80)},

		"arn:aws:sqs:eu-west-1:111122223333:o":                    at("eu-west-1"),
		"arn:aws-cn:sqs:cn-north-1:111122223333:orders.fifo":      {Name: "orders.fifo", Account: owner, Region: "cn-north-1"},
		"arn:aws-us-gov:sqs:us-gov-west-1:111122223333:o":         at("us-gov-west-1"),
		"https://sqs.eu-west-1.amazonaws.com/111122223333/o":      at("eu-west-1"),
		"https://sqs.eu-west-1.amazonaws.com/111122223333/o/":     at("eu-west-1"),
		"https://SQS.EU-West-1.AmazonAWS.com/111122223333/o":      at("eu-west-1"),
		"HTTPS://sqs.eu-west-1.amazonaws.com:443/" + owner + "/o": at("eu-west-1"),

		"https://sqs.us-gov-west-1.amazonaws.com/111122223333/o":               at("us-gov-west-1"),
		"https://sqs.cn-north-1.amazonaws.com.cn/111122223333/o":               at("cn-north-1"),
		"https://sqs.eusc-de-east-1.amazonaws.eu/111122223333/o":               at("eusc-de-east-1"),
		"https://sqs-fips.us-east-1.amazonaws.com/111122223333/o":              with(at("us-east-1"), fips),
		"https://sqs.eu-west-1.api.aws/111122223333/o":                         with(at("eu-west-1"), dual),
		"https://sqs-fips.us-east-1.api.aws/111122223333/o":                    with(with(at("us-east-1"), fips), dual),
		"https://sqs.cn-north-1.api.amazonwebservices.com.cn/111122223333/o":   with(at("cn-north-1"), dual),
		"https://sqs.eusc-de-east-1.api.amazonwebservices.eu/111122223333/o":   with(at("eusc-de-east-1"), dual),
		"https://queue.amazonaws.com/111122223333/o":                           at("us-east-1"),
		"https://eu-west-1.queue.amazonaws.com/111122223333/o":                 at("eu-west-1"),
		"https://cn-north-1.queue.amazonaws.com.cn/111122223333/o":             at("cn-north-1"),
		"https://vpce-1-x.sqs.eu-west-1.vpce.amazonaws.com/111122223333/o":     private("eu-west-1", "https://vpce-1-x.sqs.eu-west-1.vpce.amazonaws.com"),
		"https://vpce-1.sqs-fips.us-east-1.vpce.amazonaws.com/" + owner + "/o": private("us-east-1", "https://vpce-1.sqs-fips.us-east-1.vpce.amazonaws.com"),
		"https://sqs.us-iso-east-1.c2s.ic.gov/111122223333/o":                  private("us-iso-east-1", "https://sqs.us-iso-east-1.c2s.ic.gov"),

		// Names that only look like AWS's.
		"https://sqs.eu-west-1.amazonaws.com.proxy.internal/111122223333/o": private("eu-west-1", "https://sqs.eu-west-1.amazonaws.com.proxy.internal"),
		"https://my.sqs.eu-west-1.amazonaws.com/111122223333/o":             private("eu-west-1", "https://my.sqs.eu-west-1.amazonaws.com"),
		"https://sqs.amazonaws.com/111122223333/o":                          private("", "https://sqs.amazonaws.com"),
		"http://ec2-1.eu-west-1.compute.amazonaws.com:9324/queue/o":         {Name: "o", Endpoint: "http://ec2-1.eu-west-1.compute.amazonaws.com:9324"},

		"https://sqs.eu-west-1/111122223333/o":  private("eu-west-1", "https://sqs.eu-west-1"),
		"https://queue.internal/111122223333/o": private("", "https://queue.internal"),
		"http://127.0.0.1:9324/000000000000/o":  {Name: "o", Account: "000000000000", Endpoint: "http://127.0.0.1:9324"},
		"http://[::1]:9324/000000000000/o":      {Name: "o", Account: "000000000000", Endpoint: "http://[::1]:9324"},
		"http://localhost:9324/queue/o":         {Name: "o", Endpoint: "http://localhost:9324"},
		"http://localhost:9324/o.fifo":          {Name: "o.fifo", Endpoint: "http://localhost:9324"},

		"http://sqs.eu-west-1.localhost.localstack.cloud:4566/000000000000/o": {Name: "o", Account: "000000000000", Region: "eu-west-1",
			Endpoint: "http://sqs.eu-west-1.localhost.localstack.cloud:4566"},
		"http://eu-west-1.queue.localhost.localstack.cloud:4566/000000000000/o": {Name: "o", Account: "000000000000", Region: "eu-west-1",
			Endpoint: "http://eu-west-1.queue.localhost.localstack.cloud:4566"},
	} {
		want.Service = SQS
		switch {
		case strings.Contains(text, "://"):
			want.URL = text
		case strings.HasPrefix(text, "arn:"):
			want.ARN = text
		}
		if got, err := ParseQueue(text); err != nil || got != want {
			t.Errorf("%s:\n%+v, %v, want\n%+v", text, got, err, want)
		}
	}
}

func TestTopicIsParsedFromARN(t *testing.T) {
	for text, want := range map[string]Address{
		"arn:aws:sns:eu-west-1:111122223333:alerts":                 {Name: "alerts", Account: owner, Region: "eu-west-1"},
		"arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts.fifo": {Name: "alerts.fifo", Account: owner, Region: "us-gov-west-1"},
		"arn:aws-cn:sns:cn-north-1:111122223333:ledger.fifo":        {Name: "ledger.fifo", Account: owner, Region: "cn-north-1"},
	} {
		want.Service, want.ARN = SNS, text
		if got, err := ParseTopic(text); err != nil || got != want {
			t.Errorf("%s:\n%+v, %v, want\n%+v", text, got, err, want)
		}
	}
}

func TestFIFOIsToldByTheSuffix(t *testing.T) {
	for name, want := range map[string]bool{"orders": false, "orders.fifo": true, "fifo": false, "orders-fifo": false} {
		if got := (Address{Name: name}).FIFO(); got != want {
			t.Errorf("%s: FIFO is %v", name, got)
		}
	}
}

func TestMalformedQueuesAreRefused(t *testing.T) {
	refuses(t, ParseQueue,
		"", "a b", "orders.fif", ".fifo", strings.Repeat("x", 81), strings.Repeat("x", 80)+".fifo",
		"arn:aws:sns:eu-west-1:111122223333:o", "arn:aws:sqs:eu-west-1:111122223333", "arn:aws:sqs::111122223333:o",
		"arn:aws:sqs:eu-west-1:1:o", "arn:aws:sqs:eu-west-1:111122223333:", "arn:aws:sqs:eu-west-1:111122223333:a:b", "arn:aws:s3:::o",
		"https://sqs.eu-west-1.amazonaws.com/", "https://sqs.eu-west-1.amazonaws.com", "https:///111122223333/o", "ftp://sqs/o", "http://[/o",
		"https://sqs.eu-west-1.amazonaws.com/111122223333/o?Action=x", "https://sqs.eu-west-1.amazonaws.com/111122223333/o?",
		"http://localhost:9324/queue/o#x", "https://sqs.eu-west-1.amazonaws.com/111122223333/a b",
		// AWS's own have an account.
		"https://sqs.eu-west-1.amazonaws.com/o", "https://sqs.eu-west-1.amazonaws.com/1/o", "https://sqs.eu-west-1.api.aws/o",
		"https://queue.amazonaws.com/o", "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/o", "https://sqs.cn-north-1.amazonaws.com.cn/o")
}

func TestMalformedTopicsAreRefused(t *testing.T) {
	refuses(t, ParseTopic,
		"", "alerts", "arn:aws:sqs:eu-west-1:111122223333:o", "arn:aws:sns:eu-west-1:111122223333", "arn:aws:sns::111122223333:a",
		"arn:aws:sns:eu-west-1:1:a", "arn:aws:sns:eu-west-1:111122223333:", "arn:aws:sns:eu-west-1:111122223333:a b",
		"arn:aws:sns:eu-west-1:111122223333:alerts:0b1c2d3e", "arn:aws:sns:eu-west-1:111122223333:"+strings.Repeat("x", 257),
		"https://sns.eu-west-1.amazonaws.com/111122223333/a")
}

// refuses holds that texts are refused with what to write, and without a half-read address.
func refuses(t *testing.T, parse func(string) (Address, error), texts ...string) {
	t.Helper()
	for _, text := range texts {
		got, err := parse(text)
		if err == nil || got != (Address{}) {
			t.Errorf("%q was read as %+v, %v", text, got, err)
		} else if !strings.Contains(err.Error(), "; write ") {
			t.Errorf("%q: %v does not say what to write", text, err)
		}
	}
}

// FuzzParse holds that no text makes a parser panic, and that what is read is whole: a name that
// can be one, and either no URL or one with a place for its requests.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"orders.fifo", "arn:aws:sqs:eu-west-1:111122223333:o", "arn:aws:sns:eu-west-1:111122223333:a", "http://localhost:9324/queue/o",
		"https://sqs-fips.us-east-1.api.aws/111122223333/o", "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/111122223333/o",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := ParseQueue(text); err == nil {
			if a.Service != SQS || !isName(a.Name, longestQueue) || a.URL != "" && a.Region == "" && a.Endpoint == "" {
				t.Errorf("%q was read as %+v", text, a)
			}
		}
		if a, err := ParseTopic(text); err == nil {
			if a.Service != SNS || !isName(a.Name, longestTopic) || a.ARN != text || a.Region == "" || a.Account == "" {
				t.Errorf("%q was read as %+v", text, a)
			}
		}
	})
}
