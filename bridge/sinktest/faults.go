package sinktest

import (
	"slices"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/fake"
)

// StartFake starts the embedded endpoint, which verifies signatures, for one test, and sets the
// environment's credentials to those it accepts.
func StartFake(t *testing.T, o fake.Options) *fake.AWS {
	t.Helper()
	Environment(t)
	const key, secret = "AKIDEXAMPLE", "secret"
	t.Setenv("AWS_ACCESS_KEY_ID", key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	o.Keys = map[string]string{key: secret}
	far, err := fake.StartAWS(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	})
	return far
}

// RunFaults goes through everything that a sender has to tell apart, in the words of the embedded
// endpoint, which was made apart from the sinks and from Server. The sink is open.
func RunFaults(t *testing.T, far *fake.AWS, service fake.Service, action string, tested sink.Sink) {
	// Of these nothing tells whether they are about the destination or about what was sent.
	ambiguous := []string{"forbidden page", "too large page", "bad page", "unlisted"}
	for name, row := range map[string]struct {
		effect fake.Effect
		want   sink.Class
	}{
		"throttle":        {fake.Throttle(), sink.Throttled},
		"throttling":      {fake.ThrottlingException(), sink.Throttled},
		"KMS throttle":    {fake.KMSThrottle(), sink.Throttled},
		"internal":        {fake.InternalError(), sink.Transient},
		"unavailable":     {fake.ServiceUnavailable(), sink.Transient},
		"over limit":      {fake.OverLimit(), sink.Transient},
		"missing":         {fake.QueueMissing(), sink.Configuration},
		"denied":          {fake.AccessDenied(), sink.Configuration},
		"KMS denied":      {fake.KMSAccessDenied(), sink.Configuration},
		"KMS disabled":    {fake.KMSDisabled(), sink.Configuration},
		"KMS state":       {fake.KMSInvalidState(), sink.Configuration},
		"KMS missing":     {fake.KMSNotFound(), sink.Configuration},
		"KMS opt in":      {fake.KMSOptIn(), sink.Configuration},
		"security":        {fake.InvalidSecurity(), sink.Configuration},
		"unsupported":     {fake.UnsupportedOperation(), sink.Configuration},
		"expired":         {fake.ExpiredToken(), sink.Credentials},
		"unknown key":     {fake.InvalidClientToken(), sink.Credentials},
		"bad signature":   {fake.BadSignature(), sink.Credentials},
		"poison":          {fake.Poison(), sink.Poison},
		"too long":        {fake.BatchTooLong(), sink.Poison},
		"reset":           {fake.Reset(), sink.Unknown},
		"reset, stored":   {fake.Reset().Stored(), sink.Unknown},
		"truncated":       {fake.Truncated(), sink.Unknown},
		"bad gateway":     {fake.HTMLError(502), sink.Transient},
		"forbidden page":  {fake.HTMLError(403), sink.Configuration},
		"too large page":  {fake.HTMLError(413), sink.Configuration},
		"bad page":        {fake.HTMLError(400), sink.Configuration},
		"unlisted":        {fake.ErrorEffect(fake.Error{Type: "NeverHeardOf", Code: "NeverHeardOf", Status: 400}), sink.Configuration},
		"stored and lost": {fake.InternalError().Stored(), sink.Transient},
	} {
		t.Run(name, func(t *testing.T) {
			h := far.Inject(fake.Fault{Service: service, Action: action, Count: 1, Effect: row.effect})
			defer h.Remove()
			_, f := send(t, tested, BenchBatch(100))
			wantClass(t, f, row.want)
			if want := slices.Contains(ambiguous, name); f.Ambiguous != want {
				t.Errorf("%v: ambiguous %v, want %v", f, f.Ambiguous, want)
			}
		})
	}
	for name, row := range map[string]struct {
		effect fake.Effect
		code   string
		want   sink.Class
	}{
		"entry, service's fault": {fake.FailEntry("InternalError", false), "InternalError", sink.Transient},
		"entry, sender's fault":  {fake.FailEntry("InvalidMessageContents", true), "InvalidMessageContents", sink.Poison},
		"entry, throttled":       {fake.FailEntry("KmsThrottled", true), "KmsThrottled", sink.Throttled},
		"entry, missing":         {fake.DropEntry(), "missing_from_answer", sink.Transient},
	} {
		t.Run(name, func(t *testing.T) {
			h := far.Inject(fake.Fault{
				Service: service, Action: action, Count: 1, Effect: row.effect,
				When: func(e fake.Entry) bool { return e.ID == "3" },
			})
			defer h.Remove()
			results, f := send(t, tested, BenchBatch(100))
			if f != nil {
				t.Fatal(f)
			}
			for i, r := range results {
				if i != 3 && r != nil {
					t.Errorf("entry %d: %v", i, r)
				}
			}
			wantClass(t, results[3], row.want)
			if results[3].Code != row.code {
				t.Errorf("code %q, want %q", results[3].Code, row.code)
			}
		})
	}
}
