package sqs_test

import (
	"context"
	"testing"

	"github.com/sluice-bridge/sluice/address"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/bridge/sqs"
)

// TestTargetFollowsEndpointURLAndEnvironment holds the order of what says where requests go.
func TestTargetFollowsEndpointURLAndEnvironment(t *testing.T) {
	const (
		public   = "https://sqs.us-east-1.amazonaws.com/111122223333/orders"
		emulator = "http://localhost:9324/000000000000/orders"
	)
	for name, row := range map[string]struct {
		queue, region, endpoint, environment string
		want                                 string
	}{
		"endpoint":                  {queue: emulator, endpoint: "https://own:1", environment: "https://env:2", want: "https://own:1/ eu-west-1"},
		"host of the URL":           {queue: emulator, environment: "https://env:2", want: "http://localhost:9324/ eu-west-1"},
		"environment":               {queue: public, environment: "https://env:2", want: "https://env:2/ us-east-1"},
		"region of the URL":         {queue: public, region: "eu-central-1", want: "https://sqs.us-east-1.amazonaws.com/ us-east-1"},
		"region of the destination": {queue: "orders", region: "eu-central-1", want: "https://sqs.eu-central-1.amazonaws.com/ eu-central-1"},
		"region of the session":     {queue: "orders", want: "https://sqs.eu-west-1.amazonaws.com/ eu-west-1"},
		"FIPS":                      {queue: "https://sqs-fips.us-east-1.amazonaws.com/111122223333/orders", want: "https://sqs-fips.us-east-1.amazonaws.com/ us-east-1"},
		"dual stack":                {queue: "https://sqs.us-east-1.api.aws/111122223333/orders", want: "https://sqs.us-east-1.api.aws/ us-east-1"},
		"both":                      {queue: "https://sqs-fips.us-east-1.api.aws/111122223333/orders", want: "https://sqs-fips.us-east-1.api.aws/ us-east-1"},
		"FIPS elsewhere":            {queue: "https://sqs-fips.us-east-1.amazonaws.com/111122223333/orders", endpoint: "https://own:1", want: "https://own:1/ us-east-1"},
		"VPC endpoint": {queue: "https://vpce-1.sqs.us-east-1.vpce.amazonaws.com/111122223333/orders",
			want: "https://vpce-1.sqs.us-east-1.vpce.amazonaws.com/ us-east-1"},
	} {
		t.Run(name, func(t *testing.T) {
			sinktest.Environment(t)
			t.Setenv("AWS_ENDPOINT_URL_SQS", row.environment)
			session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
			if err != nil {
				t.Fatal(err)
			}
			queue, err := address.ParseQueue(row.queue)
			if err != nil {
				t.Fatal(err)
			}
			client, err := session.Client(sqs.Options{Queue: queue, Region: row.region, Endpoint: row.endpoint}.Target())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Release()
			if got := client.Endpoint() + " " + client.Region(); got != row.want {
				t.Errorf("requests go to %s, want %s", got, row.want)
			}
		})
	}
}
