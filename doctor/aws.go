package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/sluice-bridge/sluice/address"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	topic "github.com/sluice-bridge/sluice/bridge/sns"
	queue "github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
)

// checkDestination opens a queue or topic as the lane does, and reads what opening keeps to itself.
func checkDestination(ctx context.Context, session *awsapi.Session, d config.Destination) checks {
	var c checks
	place := "destinations." + d.Name
	to, err := wiring.NewSink(session, d)
	if err != nil {
		c.fail(place, err.Error())
		return c
	}
	defer to.Close()
	what := kind(d) + " " + d.Address().Name
	limits, err := to.Open(ctx)
	var failure *sink.Failure
	if err != nil && !errors.As(err, &failure) {
		failure = &sink.Failure{Class: sink.Transient, Message: err.Error()}
	}
	if failure != nil {
		c.fail(place, what+" "+remedy(ctx, d, failure))
		return c
	}
	attributes, failure := attributesOf(ctx, session, d)
	switch {
	case failure == nil:
		c.ok(place, fmt.Sprintf("%s exists and takes messages of up to %d bytes", what, limits.MaxMessageBytes))
		if key := attributes["KmsMasterKeyId"]; key != "" {
			c.note(place, fmt.Sprintf("%s is encrypted with the KMS key %s; sending needs %s on it too", what, key, strings.Join(awsapi.UseKey, " and ")))
		}
	case awsapi.Denied(failure):
		c.ok(place, what+" answers")
		c.note(place, fmt.Sprintf("%s is not allowed, so that %d bytes are taken for the limit of %s, and its name for its kind; allow it to have both checked", wiring.Permissions(d).Describe, limits.MaxMessageBytes, what))
	default:
		c.ok(place, what+" answers")
		c.note(place, fmt.Sprintf("the attributes of %s were not read (%s)", what, failure.Error()))
	}
	return c
}

// attributesOf reads the attributes of a queue or topic that could be opened. Opening does without
// where that is not allowed, and does not tell.
func attributesOf(ctx context.Context, session *awsapi.Session, d config.Destination) (map[string]string, *sink.Failure) {
	client, err := session.Client(wiring.Target(d))
	if err != nil {
		return nil, &sink.Failure{Class: sink.Configuration, Message: err.Error(), Err: err}
	}
	defer client.Release()
	what := d.Address()
	if what.Service == address.SNS {
		out, err := client.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &what.ARN})
		if err != nil {
			return nil, client.LookupFailure(ctx, err)
		}
		return out.Attributes, nil
	}
	at := &what.URL
	if *at == "" {
		in := &sqs.GetQueueUrlInput{QueueName: &what.Name}
		if what.Account != "" {
			in.QueueOwnerAWSAccountId = &what.Account
		}
		found, err := client.SQS.GetQueueUrl(ctx, in)
		if err != nil {
			return nil, client.LookupFailure(ctx, err)
		}
		at = found.QueueUrl
	}
	out, err := client.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: at, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		return nil, client.LookupFailure(ctx, err)
	}
	return out.Attributes, nil
}

// kind says what a destination is, in words.
func kind(d config.Destination) string {
	name := "queue"
	if d.SNS != "" {
		name = "topic"
	}
	if d.FIFO() {
		return "FIFO " + name
	}
	return name
}

// permissions names the rights that sending needs: to have one is not to be told short of sending.
func permissions(cfg *config.Config) checks {
	var c checks
	used := map[awsapi.Permissions]bool{}
	for _, d := range cfg.Destinations {
		used[wiring.Permissions(d)] = true
	}
	for _, p := range []awsapi.Permissions{queue.Permissions, topic.Permissions} {
		if used[p] {
			c.note("destinations", "the right "+p.Send+" cannot be tested without sending, and was not")
		}
	}
	return c
}
