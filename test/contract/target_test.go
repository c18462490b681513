package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/sluice-bridge/sluice/fake"
)

const region = "eu-west-1"

// target is an endpoint that the suite runs against.
type target struct {
	services []string
	// deviations are the cases that the target is known to fail, with the reason.
	deviations map[string]string
}

// check is one belief. It returns what contradicts it.
type check struct {
	service string
	name    string
	run     func(*world) error
}

// world is what a check works with: clients, and queues and topics of its own.
type world struct {
	context.Context
	sqs *sqs.Client
	sns *sns.Client
	sts *sts.Client
	t   *testing.T
}

func TestFakeBehavesAsAWS(t *testing.T) {
	a, err := fake.StartAWS(fake.Options{Region: region})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	runSuite(t, a.URL, target{services: []string{"sqs", "sns", "sts"}})
}

func TestElasticMQDeviatesOnlyAsDeclared(t *testing.T) {
	runSuite(t, part(t, "SLUICE_TEST_ELASTICMQ"), target{services: []string{"sqs"}, deviations: elasticMQDeviations})
}

func TestMotoDeviatesOnlyAsDeclared(t *testing.T) {
	runSuite(t, part(t, "SLUICE_TEST_MOTO"), target{services: []string{"sqs", "sns", "sts"}, deviations: motoDeviations})
}

// part is the base URL of an emulator that the project's scripts start.
func part(t *testing.T, variable string) string {
	t.Helper()
	url := strings.TrimSuffix(os.Getenv(variable), "/")
	if url != "" {
		return url
	}
	text := variable + " is not set, so there is no emulator to ask; `make test` starts one and sets it"
	if os.Getenv("SLUICE_TEST_REQUIRE_PARTS") == "1" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}

func runSuite(t *testing.T, url string, at target) {
	checks := slices.Concat(sqsChecks, sqsLimitChecks, attributeChecks, fifoChecks, snsChecks, snsLimitChecks, stsChecks)
	unused := map[string]bool{}
	for name := range at.deviations {
		unused[name] = true
	}
	for _, c := range checks {
		if !slices.Contains(at.services, c.service) {
			continue
		}
		delete(unused, c.service+": "+c.name)
		t.Run(c.service+"/"+strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			err := c.run(newWorld(t, url))
			reason, deviates := at.deviations[c.service+": "+c.name]
			switch {
			case deviates && err == nil:
				t.Errorf("the declared deviation does not occur any more: %s", reason)
			case deviates:
				t.Logf("deviates as declared (%s): %v", reason, err)
			case err != nil:
				t.Error(err)
			}
		})
	}
	for name := range unused {
		t.Errorf("a deviation is declared for %q, which is no check", name)
	}
}

func newWorld(t *testing.T, url string) *world {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	// A transport of its own: an emulator that closes every connection must not
	// disturb the next check.
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := aws.Config{
		Region: region, BaseEndpoint: &url, HTTPClient: &http.Client{Transport: transport},
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
	}
	return &world{Context: ctx, sqs: sqs.NewFromConfig(cfg), sns: sns.NewFromConfig(cfg), sts: sts.NewFromConfig(cfg), t: t}
}

var serial atomic.Int64

// name is a name that no other queue or topic has, also not one of an earlier run.
func name(suffix string) string {
	return fmt.Sprintf("c%d-%d%s", time.Now().UnixNano(), serial.Add(1), suffix)
}

// queue makes a queue that is deleted with the test; suffix may be ".fifo".
func (w *world) queue(suffix string, attributes map[string]string) (string, error) {
	all := map[string]string{}
	for k, v := range attributes {
		all[k] = v
	}
	if suffix == ".fifo" {
		all["FifoQueue"] = "true"
	}
	out, err := w.sqs.CreateQueue(w, &sqs.CreateQueueInput{QueueName: aws.String(name(suffix)), Attributes: all})
	if err != nil {
		return "", fmt.Errorf("creating the check's queue: %w", err)
	}
	w.t.Cleanup(func() {
		_, _ = w.sqs.DeleteQueue(context.WithoutCancel(w), &sqs.DeleteQueueInput{QueueUrl: out.QueueUrl})
	})
	return *out.QueueUrl, nil
}

func (w *world) arn(url string) (string, error) {
	out, err := w.sqs.GetQueueAttributes(w, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{"QueueArn"}})
	if err != nil {
		return "", err
	}
	return out.Attributes["QueueArn"], nil
}

// receive takes up to ten messages, waiting a second for the first.
func (w *world) receive(url string) ([]types.Message, error) {
	out, err := w.sqs.ReceiveMessage(w, &sqs.ReceiveMessageInput{
		QueueUrl: &url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 60,
		MessageAttributeNames: []string{"All"}, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
	})
	if err != nil {
		return nil, err
	}
	return out.Messages, nil
}

// holds compares what a queue gives with the bodies wanted, in any order.
func (w *world) holds(url string, want ...string) error {
	got, err := w.receive(url)
	if err != nil {
		return err
	}
	have := bodies(got)
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		return fmt.Errorf("the queue holds %.100q, want %.100q", have, want)
	}
	return nil
}

func bodies(messages []types.Message) []string {
	out := []string{}
	for _, m := range messages {
		out = append(out, aws.ToString(m.Body))
	}
	return out
}

// refused wants an error with one of the codes; a trailing part of a code will do,
// so that old and new spellings are one.
func refused(err error, codes ...string) error {
	var api smithy.APIError
	if err == nil {
		return fmt.Errorf("accepted, want %s", codes)
	}
	if !errors.As(err, &api) {
		return fmt.Errorf("got %w, want %s", err, codes)
	}
	for _, c := range codes {
		if api.ErrorCode() == c || strings.HasSuffix(api.ErrorCode(), "."+c) {
			return nil
		}
	}
	return fmt.Errorf("got code %s (%s), want %s", api.ErrorCode(), api.ErrorMessage(), codes)
}

// unexpected is the error of a call, or, when there is none, what is wrong with its
// answer.
func unexpected(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	return fmt.Errorf(format, args...)
}

// step runs steps until one fails.
func step(steps ...func() error) error {
	for _, s := range steps {
		if err := s(); err != nil {
			return err
		}
	}
	return nil
}
