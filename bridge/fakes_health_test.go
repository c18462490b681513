package bridge

import "sync"

// fakeHealth keeps what it was told.
type fakeHealth struct {
	mu     sync.Mutex
	open   map[string]string
	began  map[string]int // times that a key went into trouble
	ended  map[string]int // times that it came out
	latest string
}

func (h *fakeHealth) Trouble(key, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil {
		h.open, h.began, h.ended = map[string]string{}, map[string]int{}, map[string]int{}
	}
	if _, ok := h.open[key]; !ok {
		h.began[key]++
	}
	h.open[key], h.latest = text, text
}

func (h *fakeHealth) Recovered(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.open[key]; ok {
		h.ended[key]++
		delete(h.open, key)
	}
}

func (h *fakeHealth) Forget(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, key)
}

// told returns how often a key went into trouble and came out of it.
func (h *fakeHealth) told(key string) (began, ended int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.began[key], h.ended[key]
}

// text returns what is wrong with a key, or "".
func (h *fakeHealth) text(key string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open[key]
}
