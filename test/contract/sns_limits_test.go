package contract

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// publishing runs one publish on a fresh topic; no codes means that it passes.
func publishing(suffix string, attributes map[string]string, in sns.PublishInput, codes ...string) func(*world) error {
	return func(w *world) error {
		topic, err := w.topic(suffix, attributes)
		if err != nil {
			return err
		}
		in := in
		in.TopicArn = &topic
		_, err = w.sns.Publish(w, &in)
		if len(codes) == 0 {
			return err
		}
		return refused(err, codes...)
	}
}

func publishingBatch(suffix string, e []types.PublishBatchRequestEntry, code string) func(*world) error {
	return func(w *world) error {
		topic, err := w.topic(suffix, nil)
		if err != nil {
			return err
		}
		_, err = w.sns.PublishBatch(w, &sns.PublishBatchInput{TopicArn: &topic, PublishBatchRequestEntries: e})
		return refused(err, code)
	}
}

func snsMessage(body string) sns.PublishInput { return sns.PublishInput{Message: &body} }

func withSubject(s string) sns.PublishInput {
	in := snsMessage("x")
	in.Subject = &s
	return in
}

func structure(body string) sns.PublishInput {
	in := snsMessage(body)
	in.MessageStructure = aws.String("json")
	return in
}

func withSNSAttribute(name, value string) sns.PublishInput {
	in := snsMessage("x")
	in.MessageAttributes = map[string]types.MessageAttributeValue{name: snsText(value)}
	return in
}

var topicBytes = 256 << 10

var snsLimitChecks = []check{
	{"sns", "an empty message is refused", publishing("", nil, snsMessage(""), "InvalidParameter")},
	{"sns", "256 KiB pass", publishing("", nil, snsMessage(strings.Repeat("a", topicBytes)))},
	{"sns", "more than 256 KiB are refused", publishing("", nil, snsMessage(strings.Repeat("a", topicBytes+1)), "InvalidParameter")},
	{"sns", "size is counted in bytes", publishing("", nil, snsMessage(strings.Repeat("é", topicBytes/2+1)), "InvalidParameter")},
	{"sns", "a topic can allow a mebibyte", publishing("", map[string]string{"MaximumMessageSize": "1048576"}, snsMessage(strings.Repeat("a", mebibyte)))},
	{"sns", "an empty subject is refused", publishing("", nil, withSubject(""), "InvalidParameter")},
	{"sns", "a subject has no line breaks", publishing("", nil, withSubject("a\nb"), "InvalidParameter")},
	{"sns", "a subject of more than 100 characters is refused", publishing("", nil, withSubject(strings.Repeat("s", 101)), "InvalidParameter")},
	{"sns", "a json structure wants a default", publishing("", nil, structure(`{"sqs":"x"}`), "InvalidParameter")},
	{"sns", "attribute values are not empty", publishing("", nil, withSNSAttribute("a", ""), "ParameterValueInvalid", "ValidationError", "InvalidParameterValue")},
	{"sns", "reserved attribute prefixes are refused", publishing("", nil, withSNSAttribute("AWS.a", "v"), "ParameterValueInvalid", "ValidationError", "InvalidParameterValue")},
	{"sns", "a FIFO topic wants a group id", publishing(".fifo", nil, snsMessage("x"), "InvalidParameter")},
	{"sns", "a FIFO topic wants a deduplication id", publishing(".fifo", nil, sns.PublishInput{Message: aws.String("x"), MessageGroupId: aws.String("g")}, "InvalidParameter")},
	{"sns", "a standard topic refuses deduplication ids", publishing("", nil, sns.PublishInput{Message: aws.String("x"), MessageDeduplicationId: aws.String("d")}, "InvalidParameter")},
	{"sns", "eleven entries are too many", publishingBatch("", publishEntries(strings.Split("abcdefghijk", "")...), "TooManyEntriesInBatchRequest")},
	{"sns", "no entries are too few", publishingBatch("", []types.PublishBatchRequestEntry{}, "EmptyBatchRequest")},
	{"sns", "entry ids are distinct", publishingBatch("", withSNSID(publishEntries("a", "b"), 1, "0"), "BatchEntryIdsNotDistinct")},
	{"sns", "entry ids have no dots", publishingBatch("", withSNSID(publishEntries("a"), 0, "a.b"), "InvalidBatchEntryId")},
	{"sns", "a batch above 256 KiB is too long", publishingBatch("", publishEntries(strings.Repeat("a", topicBytes/2), strings.Repeat("b", topicBytes/2+1)), "BatchRequestTooLong")},
	{"sns", "one entry without a group id fails the call", func(w *world) error {
		e := fifoPublish("a", "b")
		e[1].MessageGroupId = nil
		return publishingBatch(".fifo", e, "InvalidParameter")(w)
	}},
	{"sns", "a missing topic is not found", func(w *world) error {
		topic, err := w.topic("", nil)
		if err != nil {
			return err
		}
		_, err = w.sns.Publish(w, &sns.PublishInput{TopicArn: aws.String(topic + "-gone"), Message: aws.String("x")})
		return refused(err, "NotFound")
	}},
	{"sns", "a topic of another region is an invalid parameter", func(w *world) error {
		topic, err := w.topic("", nil)
		if err != nil {
			return err
		}
		_, err = w.sns.Publish(w, &sns.PublishInput{TopicArn: aws.String(strings.Replace(topic, region, "us-west-2", 1)), Message: aws.String("x")})
		return refused(err, "InvalidParameter")
	}},
	{"sns", "the size attribute is told only when it was set", func(w *world) error {
		for _, set := range []bool{false, true} {
			attributes := map[string]string{}
			if set {
				attributes["MaximumMessageSize"] = "2048"
			}
			topic, err := w.topic("", attributes)
			if err != nil {
				return err
			}
			out, err := w.sns.GetTopicAttributes(w, &sns.GetTopicAttributesInput{TopicArn: &topic})
			if err != nil {
				return err
			}
			if v, told := out.Attributes["MaximumMessageSize"]; told != set || set && v != "2048" {
				return fmt.Errorf("set: %v, told: %q", set, v)
			}
		}
		return nil
	}},
}

func withSNSID(e []types.PublishBatchRequestEntry, i int, id string) []types.PublishBatchRequestEntry {
	e[i].Id = &id
	return e
}

var stsChecks = []check{
	{"sts", "a role gives a session", func(w *world) error {
		out, err := w.sts.AssumeRole(w, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/sender"), RoleSessionName: aws.String("sluice")})
		if err != nil {
			return err
		}
		if !strings.HasPrefix(aws.ToString(out.Credentials.AccessKeyId), "ASIA") || aws.ToString(out.Credentials.SessionToken) == "" || out.Credentials.Expiration == nil {
			return fmt.Errorf("credentials %+v", out.Credentials)
		}
		if arn := aws.ToString(out.AssumedRoleUser.Arn); arn != "arn:aws:sts::111122223333:assumed-role/sender/sluice" {
			return fmt.Errorf("the session is %s", arn)
		}
		return nil
	}},
	{"sts", "an identity has an account", func(w *world) error {
		out, err := w.sts.GetCallerIdentity(w, &sts.GetCallerIdentityInput{})
		if err == nil && (len(aws.ToString(out.Account)) != 12 || !strings.HasPrefix(aws.ToString(out.Arn), "arn:aws:")) {
			err = fmt.Errorf("identity %+v", out)
		}
		return err
	}},
	{"sts", "a session name has at least two characters", func(w *world) error {
		_, err := w.sts.AssumeRole(w, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/sender"), RoleSessionName: aws.String("s")})
		return refused(err, "ValidationError")
	}},
}
