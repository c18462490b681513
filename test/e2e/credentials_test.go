package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// TestRequestsToAWSAreSigned sends to an endpoint that verifies signatures.
func TestRequestsToAWSAreSigned(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{Keys: map[string]string{"AKIAEXAMPLE": "secret"}})
	ways := fourWays(t, b, a, 1)
	group := "signed-" + unique()
	records := feed(t, b, ways, 100, 10, 0)
	p := start(t, waysConfig(b, a, group, ways, "", ""))
	b.committed(t, group, topicsOf(ways)...)
	p.ready().stop()
	for i, w := range ways {
		w.end.allArrived(t, records[i])
	}
}

// TestRecordsWaitWhileCredentialsAreRefused refuses the credentials for a while: nothing is
// dead-lettered, and all arrives once they are taken again.
func TestRecordsWaitWhileCredentialsAreRefused(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	for name, e := range map[string]fake.Effect{
		"expired": fake.ExpiredToken(), "unknown": fake.InvalidClientToken(), "bad signature": fake.BadSignature(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := cloud(t, fake.Options{})
			ways := fourWays(t, b, a, 1)
			group := "expired-" + unique()
			records := feed(t, b, ways, 200, 10, 0)
			fault := a.Inject(fake.Fault{Skip: 20, Effect: e})
			p := start(t, waysConfig(b, a, group, ways, "", ""))
			p.await("readiness to tell of credentials", func() bool {
				_, problems := p.problems()
				return len(problems) == len(ways) && strings.Contains(problems["destination ledger"], e.Answer.SQS.Code)
			})
			fault.Remove()
			b.committed(t, group, topicsOf(ways)...)
			p.ready().stop()
			for i, w := range ways {
				w.end.allArrived(t, records[i])
				w.checkOrder(t)
			}
			b.noDeadLetters(t, group)
		})
	}
}

// TestSessionsOfARoleAreRenewedInMidFlow assumes a role whose sessions end in mid-flow.
func TestSessionsOfARoleAreRenewedInMidFlow(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{Keys: map[string]string{"AKIAEXAMPLE": "secret"}})
	w := toQueue(t, b, a, "ledger.fifo", 2)
	group := "role-" + unique()
	config := waysConfig(b, a, group, []*way{w}, "assume_role: {arn: 'arn:aws:iam::111122223333:role/writer'}", "")
	p := start(t, config, "AWS_ENDPOINT_URL_STS="+a.URL)
	const each = 200
	for i := range 3 {
		feed(t, b, []*way{w}, each, 10, i*each)
		w.end.wait(t, (i+1)*each)
		a.ExpireSessions()
	}
	b.committed(t, group, w.topic)
	p.stop()
	w.end.allArrived(t, events(w.topic, 3*each, 10, 0))
	w.checkOrder(t)
	b.noDeadLetters(t, group)
	if n := a.Traffic(fake.STS, "writer").RequestCount("AssumeRole"); n < 3 {
		t.Errorf("the role was assumed %d times, want at least 3", n)
	}
}

// TestRotatedCredentialsFileIsRead replaces the keys in the file that they come from, as a rotation does.
func TestRotatedCredentialsFileIsRead(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Keys: map[string]string{"AKIANEW": "new"}})
	w := toQueue(t, b, a, "orders", 1)
	group := "file-" + unique()
	records := feed(t, b, []*way{w}, 100, 10, 0)
	file := filepath.Join(t.TempDir(), "credentials")
	keys := func(id, secret string) {
		t.Helper()
		text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", id, secret)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keys("AKIAOLD", "old")
	p := start(t, waysConfig(b, a, group, []*way{w}, "", ""),
		"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SHARED_CREDENTIALS_FILE="+file)
	p.await("readiness to tell of credentials", func() bool {
		_, problems := p.problems()
		return strings.Contains(problems["destination orders"], "InvalidClientTokenId")
	})
	keys("AKIANEW", "new")
	b.committed(t, group, w.topic)
	p.ready().stop()
	w.end.allArrived(t, records[0])
}
