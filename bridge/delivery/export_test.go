package delivery

// HoldOpen has the lane take deliveries as one that sends does, without a copy, and send nothing.
func (l *Lane) HoldOpen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state, l.limiter.Limit, l.running = open, 1<<30, 1<<30
}

// Queued returns how many deliveries wait to be sent.
func (l *Lane) Queued() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queue.size()
}
