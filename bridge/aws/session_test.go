package awsapi_test

import (
	"context"
	"strings"
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
)

// session loads a configuration from the test's environment.
func session(t *testing.T, o awsapi.SessionOptions) *awsapi.Session {
	t.Helper()
	s, err := awsapi.NewSession(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTargetsHaveTheirEndpoints(t *testing.T) {
	for name, row := range map[string]struct {
		env    map[string]string
		target awsapi.Target
		want   string // or the error's words
	}{
		"region":       {nil, awsapi.Target{Service: awsapi.SQS, Region: "eu-central-1"}, "https://sqs.eu-central-1.amazonaws.com/"},
		"default":      {nil, awsapi.Target{Service: awsapi.SNS}, "https://sns.eu-west-1.amazonaws.com/"},
		"china":        {nil, awsapi.Target{Service: awsapi.SQS, Region: "cn-north-1"}, "https://sqs.cn-north-1.amazonaws.com.cn/"},
		"fips":         {map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, awsapi.Target{Service: awsapi.SQS, Region: "us-east-1"}, "https://sqs-fips.us-east-1.amazonaws.com/"},
		"fips target":  {nil, awsapi.Target{Service: awsapi.SQS, Region: "us-east-1", FIPS: true}, "https://sqs-fips.us-east-1.amazonaws.com/"},
		"dual stack":   {map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "true"}, awsapi.Target{Service: awsapi.SNS, Region: "us-east-1"}, "https://sns.us-east-1.api.aws/"},
		"explicit":     {map[string]string{"AWS_ENDPOINT_URL_SQS": "http://env"}, awsapi.Target{Service: awsapi.SQS, Endpoint: "http://127.0.0.1:9324"}, "http://127.0.0.1:9324/"},
		"path":         {nil, awsapi.Target{Service: awsapi.SNS, Endpoint: "http://127.0.0.1:9324/aws/"}, "http://127.0.0.1:9324/aws/"},
		"service env":  {map[string]string{"AWS_ENDPOINT_URL_SQS": "http://sqs", "AWS_ENDPOINT_URL": "http://all"}, awsapi.Target{Service: awsapi.SQS}, "http://sqs/"},
		"general env":  {map[string]string{"AWS_ENDPOINT_URL_SQS": "http://sqs", "AWS_ENDPOINT_URL": "http://all"}, awsapi.Target{Service: awsapi.SNS}, "http://all/"},
		"ignored env":  {map[string]string{"AWS_ENDPOINT_URL": "http://all", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, awsapi.Target{Service: awsapi.SNS}, "https://sns.eu-west-1.amazonaws.com/"},
		"no region":    {map[string]string{"AWS_REGION": ""}, awsapi.Target{Service: awsapi.SQS}, "no AWS region"},
		"no URL":       {nil, awsapi.Target{Service: awsapi.SQS, Endpoint: "localhost:4566"}, "environment or the files of AWS name: this is not an endpoint; write "},
		"no service":   {nil, awsapi.Target{}, "no such service"},
		"a query":      {nil, awsapi.Target{Service: awsapi.SQS, Endpoint: "https://x/p?token=hunter2"}, "the endpoint holds more than scheme, host and path"},
		"FIPS with it": {map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, awsapi.Target{Service: awsapi.SQS, Endpoint: "http://x"}, "AWS_USE_FIPS_ENDPOINT, or use_fips_endpoint in the files of AWS, asks for an endpoint of AWS, and this is another one"},
	} {
		t.Run(name, func(t *testing.T) {
			sinktest.Environment(t)
			for k, v := range row.env {
				t.Setenv(k, v)
			}
			c, err := session(t, awsapi.SessionOptions{AllowHTTP: true}).Client(row.target)
			if err != nil {
				if !strings.Contains(err.Error(), row.want) {
					t.Fatalf("error %q, want %q", err, row.want)
				}
				return
			}
			defer c.Release()
			if c.Endpoint() != row.want {
				t.Errorf("endpoint %s, want %s", c.Endpoint(), row.want)
			}
		})
	}
}

func TestEqualTargetsShareAClient(t *testing.T) {
	sinktest.Environment(t)
	s := session(t, awsapi.SessionOptions{Region: "us-east-1"})
	client := func(target awsapi.Target) *awsapi.Client {
		c, err := s.Client(target)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := client(awsapi.Target{Service: awsapi.SQS})
	if again := client(awsapi.Target{Service: awsapi.SQS, Region: "us-east-1"}); again != first {
		t.Error("equal targets have different clients")
	}
	for _, other := range []awsapi.Target{
		{Service: awsapi.SNS},
		{Service: awsapi.SQS, Region: "eu-west-1"},
		{Service: awsapi.SQS, Endpoint: "http://127.0.0.1:1"},
		{Service: awsapi.SQS, Identity: awsapi.Identity{RoleARN: "arn:aws:iam::111122223333:role/r"}},
	} {
		if client(other) == first {
			t.Errorf("%+v shares a client it must not", other)
		}
	}
	first.Release()
	if client(awsapi.Target{Service: awsapi.SQS}) != first {
		t.Error("a client in use was dropped")
	}
	first.Release()
	first.Release()
	if client(awsapi.Target{Service: awsapi.SQS}) == first {
		t.Error("a released client is handed out")
	}
}

func TestMissingCABundleIsRefused(t *testing.T) {
	sinktest.Environment(t)
	t.Setenv("AWS_CA_BUNDLE", "/does/not/exist")
	if _, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{}); err == nil {
		t.Error("an AWS_CA_BUNDLE that is not there was accepted")
	}
}

func TestUnreadableURLIsNotShown(t *testing.T) {
	sinktest.Environment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://u:hunt%zzer2@127.0.0.1")
	_, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err == nil || !strings.Contains(err.Error(), "FULL_URI") || strings.Contains(err.Error(), "hunt") {
		t.Error(err)
	}
}
