package fake_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/sluice-bridge/sluice/fake"
)

func TestFaultsArriveAsErrorsOfTheSDK(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}, Topics: []string{"t"}})
	sq, sn := sqsClient(t, a), snsClient(t, a)
	for _, row := range []struct {
		effect      fake.Effect
		sqs, sns    string
		sqsS, snsS  int
		description string
	}{
		{fake.Throttle(), "RequestThrottled", "Throttling", 403, 400, "throttle"},
		{fake.ThrottlingException(), "ThrottlingException", "Throttled", 400, 429, "framework throttle"},
		{fake.KMSThrottle(), "KMS.ThrottlingException", "KMSThrottling", 400, 400, "kms throttle"},
		{fake.InternalError(), "InternalError", "InternalError", 500, 500, "internal"},
		{fake.ServiceUnavailable(), "ServiceUnavailable", "ServiceUnavailable", 503, 503, "unavailable"},
		{fake.OverLimit(), "OverLimit", "OverLimit", 403, 403, "over limit"},
		{fake.QueueMissing(), "AWS.SimpleQueueService.NonExistentQueue", "NotFound", 400, 404, "missing"},
		{fake.AccessDenied(), "AccessDenied", "AuthorizationError", 403, 403, "denied"},
		{fake.KMSAccessDenied(), "KMS.AccessDeniedException", "KMSAccessDenied", 400, 400, "kms denied"},
		{fake.KMSOptIn(), "KMS.OptInRequired", "KMSOptInRequired", 403, 403, "kms opt in"},
		{fake.ExpiredToken(), "ExpiredToken", "ExpiredToken", 403, 403, "expired"},
		{fake.InvalidClientToken(), "InvalidClientTokenId", "InvalidClientTokenId", 403, 403, "unknown key"},
		{fake.BadSignature(), "SignatureDoesNotMatch", "SignatureDoesNotMatch", 403, 403, "signature"},
		{fake.Poison(), "InvalidParameterValue", "InvalidParameter", 400, 400, "poison"},
		{fake.BatchTooLong(), "AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong", 400, 400, "too long"},
	} {
		t.Run(row.description, func(t *testing.T) {
			h := a.Inject(fake.Fault{Effect: row.effect})
			defer h.Remove()
			_, err := sq.SendMessageBatch(deadline(t), batch(a.Queue("q"), "x"))
			wantCode(t, err, row.sqs, row.sqsS)
			_, err = sn.Publish(deadline(t), &sns.PublishInput{TopicArn: &a.Topic("t").ARN, Message: aws.String("x")})
			wantCode(t, err, row.sns, row.snsS)
			if h.Hits() != 2 {
				t.Errorf("%d hits", h.Hits())
			}
		})
	}
	if n := a.Queue("q").Count() + a.Topic("t").Count(); n != 0 {
		t.Errorf("%d messages stored by requests that failed", n)
	}
	var missing *types.QueueDoesNotExist
	h := a.Inject(fake.Fault{Effect: fake.QueueMissing()})
	defer h.Remove()
	if _, err := sq.SendMessageBatch(deadline(t), batch(a.Queue("q"), "x")); !errors.As(err, &missing) {
		t.Errorf("%v is no QueueDoesNotExist", err)
	}
}

func wantCode(t *testing.T, err error, code string, status int) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("got %v, want code %s", err, code)
	}
	var res *smithyhttp.ResponseError
	if !errors.As(err, &res) || res.HTTPStatusCode() != status {
		t.Errorf("got %v, want status %d", err, status)
	}
}

func TestEntryFaultsFailOrDropSingleEntries(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q", "other"}})
	c, q := sqsClient(t, a), a.Queue("q")
	bad := func(e fake.Entry) bool { return strings.HasPrefix(e.Body, "bad") }

	h := a.Inject(fake.Fault{Target: "q", When: bad, Effect: fake.FailEntry("InternalError", false)})
	send(t, c, batch(a.Queue("other"), "bad"))
	out := send(t, c, batch(q, "a", "bad", "b"))
	if len(out.Successful) != 2 || len(out.Failed) != 1 || *out.Failed[0].Id != "1" || *out.Failed[0].Code != "InternalError" || out.Failed[0].SenderFault {
		t.Errorf("failed entry: %+v", out)
	}
	h.Remove()

	h = a.Inject(fake.Fault{When: bad, Effect: fake.DropEntry()})
	if out = send(t, c, batch(q, "bad", "c")); len(out.Successful) != 1 || len(out.Failed) != 0 {
		t.Errorf("dropped entry: %+v", out)
	}
	h.Remove()

	h = a.Inject(fake.Fault{When: bad, Effect: fake.FailEntry("InternalError", false).Stored()})
	if out = send(t, c, batch(q, "bad stored")); len(out.Failed) != 1 {
		t.Errorf("stored and failed: %+v", out)
	}
	h.Remove()

	if got := bodies(q.Messages()); !slices.Equal(got, []string{"a", "b", "c", "bad stored"}) {
		t.Errorf("stored %q", got)
	}
}

func TestPoisonFailsOnlyCallsWithItsMessage(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	c, q := sqsClient(t, a), a.Queue("q")
	a.Inject(fake.Fault{When: func(e fake.Entry) bool { return e.Body == "poison" }, Effect: fake.Poison()})
	if _, err := c.SendMessageBatch(deadline(t), batch(q, "a", "poison")); err == nil {
		t.Error("the call with the poison passed")
	}
	send(t, c, batch(q, "a"))
	if got := bodies(q.Messages()); !slices.Equal(got, []string{"a"}) {
		t.Errorf("stored %q", got)
	}
}

func TestConnectionFaultsBreakTheRequest(t *testing.T) {
	for name, c := range map[string]struct {
		effect fake.Effect
		stored int
	}{
		"reset":                  {fake.Reset(), 0},
		"reset after storing":    {fake.Reset().Stored(), 1},
		"error after storing":    {fake.InternalError().Stored(), 1},
		"html":                   {fake.HTMLError(502), 0},
		"truncated":              {fake.Truncated(), 1},
		"silence":                {fake.Silence(), 0},
		"silence after storing":  {fake.Silence().Stored(), 1},
		"held until client left": {fake.Hold(make(chan struct{})), 0},
		"very late":              {fake.Latency(time.Hour), 0},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, fake.Options{Queues: []string{"q"}})
			q := a.Queue("q")
			h := a.Inject(fake.Fault{Service: fake.SQS, Action: "SendMessageBatch", Count: 1, Effect: c.effect})
			ctx, cancel := context.WithCancel(deadline(t))
			go func() {
				// Give up only once the endpoint has the request.
				if h.WaitHits(ctx, 1) == nil && (c.effect.Silence || c.effect.Gate != nil || c.effect.Latency > 0) {
					if c.effect.Silence {
						_ = q.WaitRequests(ctx, "", 1)
					}
					cancel()
				}
			}()
			if _, err := sqsClient(t, a).SendMessageBatch(ctx, batch(q, "x")); err == nil {
				t.Error("the call succeeded")
			}
			cancel()
			if err := q.WaitRequests(deadline(t), "", 1); err != nil {
				t.Fatal(err)
			}
			if q.Count() != c.stored {
				t.Errorf("%d stored, want %d", q.Count(), c.stored)
			}
			send(t, sqsClient(t, a), batch(q, "y"))
			if r := q.Requests(); len(r) != 2 || !r[0].Faulted || r[1].Faulted || r[1].Outcome != "ok" {
				t.Errorf("requests %+v", r)
			}
		})
	}
}

func TestGateHoldsRequestsUntilItOpens(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	q, gate := a.Queue("q"), make(chan struct{})
	a.Inject(fake.Fault{Effect: fake.Hold(gate)})
	done := make(chan error, 3)
	for range cap(done) {
		go func() {
			_, err := sqsClient(t, a).SendMessageBatch(deadline(t), batch(q, "x"))
			done <- err
		}()
	}
	if err := q.WaitConcurrent(deadline(t), 3); err != nil {
		t.Fatal(err)
	}
	if q.Count() != 0 {
		t.Error("stored before the gate opened")
	}
	close(gate)
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := q.WaitCount(deadline(t), 3); err != nil || q.MaxConcurrent() != 3 || q.Concurrent() != 0 {
		t.Errorf("%v, at most %d, now %d", err, q.MaxConcurrent(), q.Concurrent())
	}
}

func TestFaultKeepsToSkipCountAndProbability(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	c, q := sqsClient(t, a), a.Queue("q")
	pattern := func(f fake.Fault, n int) string {
		f.Effect = fake.Throttle()
		h := a.Inject(f)
		defer h.Remove()
		var b strings.Builder
		for range n {
			if _, err := c.SendMessageBatch(deadline(t), batch(q, "x")); err != nil {
				b.WriteByte('x')
			} else {
				b.WriteByte('.')
			}
		}
		return b.String()
	}
	if got := pattern(fake.Fault{Skip: 1, Count: 2}, 5); got != ".xx.." {
		t.Error(got)
	}
	first, second := pattern(fake.Fault{Probability: .5, Seed: 7}, 24), pattern(fake.Fault{Probability: .5, Seed: 7}, 24)
	if first != second || !strings.Contains(first, "x") || !strings.Contains(first, ".") {
		t.Errorf("%s then %s", first, second)
	}
}

func TestCloseReleasesHeldRequests(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	h := a.Inject(fake.Fault{Effect: fake.Silence()})
	done := make(chan error, 1)
	go func() {
		_, err := sqsClient(t, a).SendMessageBatch(deadline(t), batch(a.Queue("q"), "x"))
		done <- err
	}()
	if err := h.WaitHits(deadline(t), 1); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if err := <-done; err == nil {
		t.Error("the held call succeeded")
	}
}
