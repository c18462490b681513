package bridge

import (
	"errors"
	"fmt"
	"slices"
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

// A record settles when its dead letter is written, and not before; what is wrong is told once.
func TestLetterWriterFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.writer.fail = func(n int) error {
			if n <= 10 {
				return fmt.Errorf("no leader")
			}
			return nil
		}
		for _, b := range []string{"a", "b"} {
			r.letters.bury(r.delivery(b), "d", ReasonRejected, &Failure{Code: "c"})
		}
		pass(time.Second)
		if r.part.Mark().Offset > 0 {
			t.Fatal("settled before the letter is written")
		}
		if text := r.health.text(lettersKey); !strings.HasPrefix(text, "2 dead letters are not written and their records wait, such as that of t/0/") || !strings.HasSuffix(text, ": no leader") {
			t.Errorf("told %q", text)
		}
		pass(10 * time.Minute)
		if got := r.writer.values(); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("written %v", got)
		}
		if began, ended := r.health.told(lettersKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// A topic that lets a letter wait is told of, as long as it does.
func TestLateLetterIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.writer.fail = func(int) error {
			time.Sleep(2 * slowLetter)
			return nil
		}
		r.letters.bury(r.delivery("a"), "d", ReasonRejected, &Failure{Code: "c"})
		pass(slowLetter - time.Second)
		if text := r.health.text(lettersKey); text != "" {
			t.Errorf("told too soon: %s", text)
		}
		pass(2 * time.Second)
		if text := r.health.text(lettersKey); !strings.HasPrefix(text, "the dead letter of t/0/0 is not written and its record waits: the topic has not") {
			t.Errorf("told %q", text)
		}
		pass(slowLetter)
		if began, ended := r.health.told(lettersKey); began != 1 || ended != 1 || r.health.text(lettersKey) != "" {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// With the assignment ends the trouble of its letters.
func TestLetterTroubleEndsWithAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		r.writer.fail = func(int) error { return fmt.Errorf("no leader") }
		r.letters.bury(r.delivery("a"), "d", ReasonRejected, &Failure{Code: "c"})
		pass(time.Minute)
		r.part.Close()
		pass(time.Minute)
		if began, ended := r.health.told(lettersKey); began != 1 || ended != 0 || r.health.text(lettersKey) != "" {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
	})
}
