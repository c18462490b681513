package sqs

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]Destination{
		"orders":      {Name: "orders"},
		"ledger.fifo": {Name: "ledger.fifo"},
		"arn:aws:sqs:eu-west-1:111122223333:ledger.fifo":                      {Name: "ledger.fifo", Account: "111122223333", Region: "eu-west-1"},
		"arn:aws-cn:sqs:cn-north-1:111122223333:a":                            {Name: "a", Account: "111122223333", Region: "cn-north-1"},
		"https://sqs.eu-west-1.amazonaws.com/111122223333/a":                  {Name: "a", Account: "111122223333", Region: "eu-west-1"},
		"https://sqs.us-gov-west-1.amazonaws.com/1/a":                         {Name: "a", Account: "1", Region: "us-gov-west-1"},
		"https://sqs.cn-north-1.amazonaws.com.cn/1/a":                         {Name: "a", Account: "1", Region: "cn-north-1"},
		"https://sqs-fips.us-east-1.amazonaws.com/1/a":                        {Name: "a", Account: "1", Region: "us-east-1", fips: true},
		"https://sqs.eu-west-1.api.aws/1/a":                                   {Name: "a", Account: "1", Region: "eu-west-1", dualHost: true},
		"https://sqs-fips.us-east-1.api.aws/1/a":                              {Name: "a", Account: "1", Region: "us-east-1", fips: true, dualHost: true},
		"https://sqs.eusc-de-east-1.amazonaws.eu/1/a":                         {Name: "a", Account: "1", Region: "eusc-de-east-1"},
		"https://sqs.us-iso-east-1.c2s.ic.gov/1/a":                            {Name: "a", Account: "1", Region: "us-iso-east-1", fallback: "https://sqs.us-iso-east-1.c2s.ic.gov"},
		"https://queue.amazonaws.com/1/a":                                     {Name: "a", Account: "1", Region: "us-east-1"},
		"https://eu-west-1.queue.amazonaws.com/1/a":                           {Name: "a", Account: "1", Region: "eu-west-1"},
		"https://vpce-1-x.sqs.eu-west-1.vpce.amazonaws.com/1/a":               {Name: "a", Account: "1", Region: "eu-west-1", fallback: "https://vpce-1-x.sqs.eu-west-1.vpce.amazonaws.com"},
		"http://127.0.0.1:9324/000000000000/orders":                           {Name: "orders", Account: "000000000000", fallback: "http://127.0.0.1:9324"},
		"http://localhost:9324/queue/orders":                                  {Name: "orders", Account: "queue", fallback: "http://localhost:9324"},
		"http://sqs.eu-west-1.localhost.localstack.cloud:4566/000000000000/a": {Name: "a", Account: "000000000000", Region: "eu-west-1", fallback: "http://sqs.eu-west-1.localhost.localstack.cloud:4566"},
	} {
		if strings.Contains(in, "://") {
			want.URL = in
		}
		if got, err := Parse(in); err != nil || got != want {
			t.Errorf("%s:\n%+v, %v, want\n%+v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "a b", "orders.fif", ".fifo", strings.Repeat("x", 81), strings.Repeat("x", 80) + ".fifo",
		"arn:aws:sns:eu-west-1:1:a", "arn:aws:sqs:eu-west-1:1", "arn:aws:sqs::1:a", "https://sqs.eu-west-1.amazonaws.com/",
		"https:///1/a", "https://sqs.eu-west-1.amazonaws.com/1/a?Action=x", "https://sqs.eu-west-1.amazonaws.com/1/a b",
	} {
		if got, err := Parse(in); err == nil {
			t.Errorf("%q was read as %+v", in, got)
		} else if !strings.Contains(err.Error(), "write") {
			t.Errorf("%q: %v does not say what to write", in, err)
		}
	}
}
