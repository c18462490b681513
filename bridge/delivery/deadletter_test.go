package delivery

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// A letter whose producer a reload has replaced goes to the next one, and nobody hears of trouble.
func TestLetterGoesToTheWriterThatFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		next := &bridgetest.Writer{}
		r.writer.Fail = func(int) error {
			r.letters.ToKafka(next)
			return errors.New("client closed")
		}
		r.letters.Take(r.delivery("x"), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		bridgetest.Pass(time.Minute)
		if n := len(next.Values()); n != 1 {
			t.Errorf("%d letters arrived", n)
		}
		if began, _ := r.health.Told(lettersKey); began != 0 {
			t.Error("trouble was told")
		}
		r.settled()
	})
}

// What a letter says of its failure is bounded, whatever the failure quotes.
func TestLetterBoundsTheTextOfItsFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		r.letters.Take(r.delivery("x"), "d", message.ReasonEncode, errors.New(strings.Repeat("é", 1<<20)))
		bridgetest.Pass(time.Minute)
		r.settled()
		for _, l := range r.writer.All() {
			if len(l.Error) > 2<<10 || !strings.HasSuffix(l.Error, "é…") {
				t.Errorf("the letter has an error of %d bytes", len(l.Error))
			}
		}
	})
}

// A record settles when its dead letter is written, and not before; what is wrong is told once.
func TestRecordSettlesWhenItsLetterIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		r.writer.Fail = func(n int) error {
			if n <= 10 {
				return fmt.Errorf("no leader")
			}
			return nil
		}
		for _, b := range []string{"a", "b"} {
			r.letters.Take(r.delivery(b), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		}
		bridgetest.Pass(time.Second)
		if r.part.Committable().Offset > 0 {
			t.Fatal("settled before the letter is written")
		}
		if text := r.health.Text(lettersKey); !strings.HasPrefix(text, "2 dead letters are not written and their records wait, such as that of t/0/") || !strings.HasSuffix(text, ": no leader") {
			t.Errorf("told %q", text)
		}
		bridgetest.Pass(10 * time.Minute)
		if got := r.writer.Values(); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("written %v", got)
		}
		if began, ended := r.health.Told(lettersKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// A topic that lets a letter wait is told of, as long as it does.
func TestLetterThatWaitsIsToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		r.writer.Fail = func(int) error {
			time.Sleep(2 * slowLetter)
			return nil
		}
		r.letters.Take(r.delivery("a"), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		bridgetest.Pass(slowLetter - time.Second)
		if text := r.health.Text(lettersKey); text != "" {
			t.Errorf("told too soon: %s", text)
		}
		bridgetest.Pass(2 * time.Second)
		if text := r.health.Text(lettersKey); !strings.HasPrefix(text, "the dead letter of t/0/0 is not written and its record waits: the topic has not") {
			t.Errorf("told %q", text)
		}
		bridgetest.Pass(slowLetter)
		if began, ended := r.health.Told(lettersKey); began != 1 || ended != 1 || r.health.Text(lettersKey) != "" {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// With the assignment ends the trouble of its letters.
func TestLetterTroubleEndsWithAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &bridgetest.Sink{})
		defer r.close()
		r.writer.Fail = func(int) error { return fmt.Errorf("no leader") }
		r.letters.Take(r.delivery("a"), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		bridgetest.Pass(time.Minute)
		r.part.Close()
		bridgetest.Pass(time.Minute)
		if began, ended := r.health.Told(lettersKey); began != 1 || ended != 0 || r.health.Text(lettersKey) != "" {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
	})
}
