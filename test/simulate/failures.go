package simulate

import "github.com/sluice-bridge/sluice/fake"

// nature is what a failure means for what is sent.
type nature string

const (
	passing  nature = "passing"  // it is sent again, until it is given up
	breaking nature = "breaking" // the destination is broken: nothing is given up
	poisons  nature = "poisons"  // the message is at fault, and becomes a dead letter
	doubtful nature = "doubtful" // it may be either: a message becomes a dead letter where others pass
	slowing  nature = "slowing"  // nothing fails that is waited for
)

// failure is a way in which requests fail.
type failure struct {
	name   string
	nature nature
	effect fake.Effect
}

// callFailures answer a whole request.
var callFailures = []failure{
	{"throttle", passing, fake.Throttle()},
	{"throttling exception", passing, fake.ThrottlingException()},
	{"kms throttle", passing, fake.KMSThrottle()},
	{"over limit", passing, fake.OverLimit()},
	{"internal error", passing, fake.InternalError()},
	{"internal error, stored", passing, fake.InternalError().Stored()},
	{"unavailable", passing, fake.ServiceUnavailable()},
	{"reset", passing, fake.Reset()},
	{"reset, stored", passing, fake.Reset().Stored()},
	{"silence", passing, fake.Silence()},
	{"silence, stored", passing, fake.Silence().Stored()},
	{"truncated", passing, fake.Truncated()},
	{"html 429", passing, fake.HTMLError(429)},
	{"html 502", passing, fake.HTMLError(502)},
	{"html 502, stored", passing, fake.HTMLError(502).Stored()},
	{"denied", breaking, fake.AccessDenied()},
	{"missing", breaking, fake.QueueMissing()},
	{"kms denied", breaking, fake.KMSAccessDenied()},
	{"kms disabled", breaking, fake.KMSDisabled()},
	{"kms state", breaking, fake.KMSInvalidState()},
	{"unsupported", breaking, fake.UnsupportedOperation()},
	{"insecure", breaking, fake.InvalidSecurity()},
	{"expired token", breaking, fake.ExpiredToken()},
	{"unknown key", breaking, fake.InvalidClientToken()},
	{"bad signature", breaking, fake.BadSignature()},
}

// entryFailures are of single messages of a request that is taken.
var entryFailures = []failure{
	{"entry: internal error", passing, fake.FailEntry("InternalError", false)},
	{"entry: internal error, stored", passing, fake.FailEntry("InternalError", false).Stored()},
	{"entry: unknown code", passing, fake.FailEntry("NobodyKnows", false)},
	{"entry: throttle", passing, fake.FailEntry("RequestThrottled", true)},
	{"entry: left out", passing, fake.DropEntry()},
	{"entry: left out, stored", passing, fake.DropEntry().Stored()},
	{"entry: kms denied", breaking, fake.FailEntry("KmsAccessDenied", true)},
	{"entry: invalid contents", poisons, fake.FailEntry("InvalidMessageContents", true)},
	{"entry: unknown code of the sender", poisons, fake.FailEntry("NobodyKnows", true)},
}

// refusals are what a proxy, or a service, says of what is in a request, or of its length.
var refusals = []failure{
	{"refusal: poison", poisons, fake.Poison()},
	{"refusal: too long", poisons, fake.BatchTooLong()},
	{"refusal: html 400", doubtful, fake.HTMLError(400)},
	{"refusal: html 403", doubtful, fake.HTMLError(403)},
	{"refusal: html 407", doubtful, fake.HTMLError(407)},
	{"refusal: html 413", doubtful, fake.HTMLError(413)},
	{"refusal: unknown code", doubtful, fake.ErrorEffect(fake.Error{Code: "NobodyKnows", Message: "No."})},
}

func failureNamed(name string) (failure, bool) {
	for _, list := range [][]failure{callFailures, entryFailures, refusals} {
		for _, f := range list {
			if f.name == name {
				return f, true
			}
		}
	}
	return failure{}, false
}

// entries says whether only single messages of a request fail.
func (f *failure) entries() bool { return f.effect.FailEntry != nil || f.effect.DropEntry }

// stored says that messages are taken of which the sender is not told so.
func (f *failure) stored() bool { return f.effect.Store || f.effect.Truncate }
