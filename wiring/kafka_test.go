package wiring

import (
	"testing"
)

// Notes and the configuration agree on which destinations lead to the same queue or topic.
func TestPlacesAgreeOnWhereDestinationsLead(t *testing.T) {
	cfg := loaded(t, `
kafka: {brokers: ["localhost:9092"], group: g}
aws: {region: eu-west-1}
destinations:
  name: {sqs: orders}
  arn: {sqs: "arn:aws:sqs:eu-west-1:111122223333:orders"}
  url: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}
  account: {sqs: "arn:aws:sqs:eu-west-1:444455556666:orders"}
  region: {sqs: orders, region: eu-west-2}
  endpoint: {sqs: orders, endpoint: "http://localhost:4566"}
  other: {sqs: orders.fifo}
  topic: {sns: "arn:aws:sns:eu-west-1:111122223333:orders"}
rules: [{topics: [t], to: [name, arn, url, account, region, endpoint, other, topic]}]
`)
	for _, a := range cfg.Destinations {
		for _, b := range cfg.Destinations {
			if got, want := Place(a).Same(Place(b)), a.SamePlace(b); got != want {
				t.Errorf("%s and %s: %v", a.Name, b.Name, got)
			}
		}
	}
}
