package bridge

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A letter whose producer a reload has replaced goes to the next one, and nobody hears of trouble.
func TestLetterFollowsWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		next := &fakeWriter{}
		r.writer.fail = func(int) error {
			r.letters.ToKafka(next)
			return errors.New("client closed")
		}
		r.letters.bury(r.delivery("x"), "d", ReasonRejected, &Failure{Code: "c"})
		pass(time.Minute)
		if n := len(next.values()); n != 1 {
			t.Errorf("%d letters arrived", n)
		}
		if began, _ := r.health.told(lettersKey); began != 0 {
			t.Error("trouble was told")
		}
		r.settled()
	})
}

// What a letter says of its failure is bounded, whatever the failure quotes.
func TestLetterOfLongFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.letters.bury(r.delivery("x"), "d", ReasonEncode, errors.New(strings.Repeat("é", 1<<20)))
		pass(time.Minute)
		r.settled()
		for _, l := range r.writer.all() {
			if len(l.Error) > 2<<10 || !strings.HasSuffix(l.Error, "é…") {
				t.Errorf("the letter has an error of %d bytes", len(l.Error))
			}
		}
	})
}
