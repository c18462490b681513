package fake_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/sluice-bridge/sluice/fake"
)

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestSignaturesAreVerified(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}, Topics: []string{"t"},
		Keys: map[string]string{"AKIA": "secret", "AKIAOPEN": ""}})
	for _, c := range []struct {
		name  string
		creds aws.CredentialsProvider
		want  string
	}{
		{"right", credentials.NewStaticCredentialsProvider("AKIA", "secret", ""), ""},
		{"wrong secret", credentials.NewStaticCredentialsProvider("AKIA", "guess", ""), "SignatureDoesNotMatch"},
		{"secret not checked", credentials.NewStaticCredentialsProvider("AKIAOPEN", "any", ""), ""},
		{"unknown key", credentials.NewStaticCredentialsProvider("AKIAX", "secret", ""), "InvalidClientTokenId"},
		{"unsigned", aws.AnonymousCredentials{}, "MissingAuthenticationToken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sq := sqs.New(sqs.Options{Region: a.Region, BaseEndpoint: &a.URL, Credentials: c.creds, HTTPClient: client(t), Retryer: aws.NopRetryer{}})
			_, err := sq.SendMessageBatch(deadline(t), batch(a.Queue("q"), `with "escapes" ü`))
			if code(err) != c.want {
				t.Errorf("SQS: %v", err)
			}
			sn := sns.New(sns.Options{Region: a.Region, BaseEndpoint: &a.URL, Credentials: c.creds, HTTPClient: client(t), Retryer: aws.NopRetryer{}})
			_, err = sn.Publish(deadline(t), &sns.PublishInput{TopicArn: &a.Topic("t").ARN, Message: aws.String("ü&=")})
			if code(err) != c.want {
				t.Errorf("SNS: %v", err)
			}
		})
	}
	if r := a.Queue("q").Requests()[0]; r.AccessKey != "AKIA" || r.Region != a.Region {
		t.Errorf("%+v", r)
	}
}

// A client that signs by itself may sign no more headers than it must.
func TestSignatureMayCoverFewHeaders(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}, Keys: map[string]string{"AKIA": "secret"}})
	body := `{"QueueUrl":"` + a.Queue("q").URL + `","Entries":[{"Id":"0","MessageBody":"a\n\u00e9"}]}`
	sum := sha256.Sum256([]byte(body))
	req, err := http.NewRequestWithContext(deadline(t), http.MethodPost, a.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	creds := aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "secret"}
	if err := v4.NewSigner().SignHTTP(deadline(t), creds, req, hex.EncodeToString(sum[:]), "sqs", a.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", "AmazonSQS.SendMessageBatch")
	for i, want := range []int{http.StatusOK, http.StatusForbidden} {
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body[:len(body)-i])), int64(len(body)-i)
		res, err := client(t).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("status %d, want %d", res.StatusCode, want)
		}
	}
}

func TestSessionsOfARoleExpire(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}, Keys: map[string]string{"AKIA": "secret"}})
	own := credentials.NewStaticCredentialsProvider("AKIA", "secret", "")
	st := sts.New(sts.Options{Region: a.Region, BaseEndpoint: &a.URL, Credentials: own, HTTPClient: client(t)})
	role := aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(st, "arn:aws:iam::111122223333:role/sender"))
	c := sqs.New(sqs.Options{Region: a.Region, BaseEndpoint: &a.URL, Credentials: role, HTTPClient: client(t), Retryer: aws.NopRetryer{}})
	if _, err := c.SendMessageBatch(deadline(t), batch(a.Queue("q"), "x")); err != nil {
		t.Fatal(err)
	}
	a.ExpireSessions()
	if _, err := c.SendMessageBatch(deadline(t), batch(a.Queue("q"), "x")); code(err) != "ExpiredToken" {
		t.Fatal(err)
	}
	role.Invalidate()
	if _, err := c.SendMessageBatch(deadline(t), batch(a.Queue("q"), "x")); err != nil {
		t.Fatal(err)
	}
	a.Advance(time.Hour)
	if _, err := c.SendMessageBatch(deadline(t), batch(a.Queue("q"), "x")); code(err) != "ExpiredToken" {
		t.Fatal(err)
	}
	if n := a.Traffic(fake.STS, "sender").RequestCount("AssumeRole"); n != 2 {
		t.Errorf("%d sessions", n)
	}
}

// An endpoint whose clock is off refuses what a client signs, and tells the time it believes in.
func TestClockThatIsOffRefusesSignatures(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}, Keys: map[string]string{"AKIA": "secret"}})
	for _, c := range []struct {
		by   time.Duration
		want string
	}{{time.Minute, ""}, {30 * time.Minute, "SignatureDoesNotMatch"}, {-30 * time.Minute, "SignatureDoesNotMatch"}, {0, ""}} {
		a.Skew(c.by)
		// A client goes by the time that it was told: each begins anew.
		client := sqs.New(sqs.Options{Region: a.Region, BaseEndpoint: &a.URL, HTTPClient: client(t), Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", "")})
		if _, err := client.SendMessageBatch(deadline(t), batch(a.Queue("q"), "v")); code(err) != c.want {
			t.Errorf("%v off: %v", c.by, err)
		}
		resp, err := http.Get(a.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		told, err := http.ParseTime(resp.Header.Get("Date"))
		if off := time.Until(told) - c.by; err != nil || off.Abs() > time.Minute {
			t.Errorf("%v off: it says %v (%v)", c.by, told, err)
		}
	}
}
