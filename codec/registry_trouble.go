package codec

import (
	"sync"
	"time"
)

// trouble is whether the registry answers, and when to ask it again if it does not.
type trouble struct {
	onTrouble   func(text string)
	onRecovered func()

	notify sync.Mutex // orders the calls; taken before mu

	mu        sync.Mutex
	text      string
	since     time.Time
	failures  int
	notBefore time.Time
}

func (t *trouble) state() (text string, since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text, t.since
}

// wait returns how long the registry is to be left alone.
func (t *trouble) wait() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failures == 0 {
		return 0
	}
	return max(time.Until(t.notBefore), 0)
}

// met records a failure. Those of requests that were under way together count once.
func (t *trouble) met(text string) {
	t.notify.Lock()
	defer t.notify.Unlock()
	t.mu.Lock()
	now := time.Now()
	if t.text == "" {
		t.since = now
	}
	changed := t.text != text
	t.text = text
	if !now.Before(t.notBefore) {
		t.failures++
		t.notBefore = now.Add(backoff(t.failures))
	}
	t.mu.Unlock()
	if changed && t.onTrouble != nil {
		t.onTrouble(text)
	}
}

// over records an answer.
func (t *trouble) over() {
	t.notify.Lock()
	defer t.notify.Unlock()
	t.mu.Lock()
	ended := t.text != ""
	t.text, t.since, t.failures, t.notBefore = "", time.Time{}, 0, time.Time{}
	t.mu.Unlock()
	if ended && t.onRecovered != nil {
		t.onRecovered()
	}
}
