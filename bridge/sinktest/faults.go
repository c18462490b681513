package sinktest

import (
	"slices"
	"testing"

	"github.com/sluice-bridge/sluice/bridge"
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
func RunFaults(t *testing.T, far *fake.AWS, service fake.Service, action string, tested bridge.Sink) {
	// Of these nothing tells whether they are about the destination or about what was sent.
	ambiguous := []string{"forbidden page", "too large page", "bad page", "unlisted"}
	for name, row := range map[string]struct {
		effect fake.Effect
		want   bridge.Class
	}{
		"throttle":        {fake.Throttle(), bridge.Throttled},
		"throttling":      {fake.ThrottlingException(), bridge.Throttled},
		"KMS throttle":    {fake.KMSThrottle(), bridge.Throttled},
		"internal":        {fake.InternalError(), bridge.Transient},
		"unavailable":     {fake.ServiceUnavailable(), bridge.Transient},
		"over limit":      {fake.OverLimit(), bridge.Transient},
		"missing":         {fake.QueueMissing(), bridge.Configuration},
		"denied":          {fake.AccessDenied(), bridge.Configuration},
		"KMS denied":      {fake.KMSAccessDenied(), bridge.Configuration},
		"KMS disabled":    {fake.KMSDisabled(), bridge.Configuration},
		"KMS state":       {fake.KMSInvalidState(), bridge.Configuration},
		"KMS missing":     {fake.KMSNotFound(), bridge.Configuration},
		"KMS opt in":      {fake.KMSOptIn(), bridge.Configuration},
		"security":        {fake.InvalidSecurity(), bridge.Configuration},
		"unsupported":     {fake.UnsupportedOperation(), bridge.Configuration},
		"expired":         {fake.ExpiredToken(), bridge.Credentials},
		"unknown key":     {fake.InvalidClientToken(), bridge.Credentials},
		"bad signature":   {fake.BadSignature(), bridge.Credentials},
		"poison":          {fake.Poison(), bridge.Poison},
		"too long":        {fake.BatchTooLong(), bridge.Poison},
		"reset":           {fake.Reset(), bridge.Unknown},
		"reset, stored":   {fake.Reset().Stored(), bridge.Unknown},
		"truncated":       {fake.Truncated(), bridge.Unknown},
		"bad gateway":     {fake.HTMLError(502), bridge.Transient},
		"forbidden page":  {fake.HTMLError(403), bridge.Configuration},
		"too large page":  {fake.HTMLError(413), bridge.Configuration},
		"bad page":        {fake.HTMLError(400), bridge.Configuration},
		"unlisted":        {fake.ErrorEffect(fake.Error{Type: "NeverHeardOf", Code: "NeverHeardOf", Status: 400}), bridge.Configuration},
		"stored and lost": {fake.InternalError().Stored(), bridge.Transient},
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
		want   bridge.Class
	}{
		"entry, service's fault": {fake.FailEntry("InternalError", false), "InternalError", bridge.Transient},
		"entry, sender's fault":  {fake.FailEntry("InvalidMessageContents", true), "InvalidMessageContents", bridge.Poison},
		"entry, throttled":       {fake.FailEntry("KmsThrottled", true), "KmsThrottled", bridge.Throttled},
		"entry, missing":         {fake.DropEntry(), "missing_from_answer", bridge.Transient},
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
