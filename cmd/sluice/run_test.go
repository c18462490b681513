package main

import (
	"sync/atomic"
	"testing"
	"time"
)

// A reload that comes during another waits for it before it reads the file: what is in it last is
// applied last.
func TestReloadsOneByOne(t *testing.T) {
	var file, applied atomic.Value
	file.Store("older")
	read, gate := make(chan struct{}, 2), make(chan struct{})
	reload := oneByOne(func() {
		content := file.Load()
		read <- struct{}{}
		if content == "older" {
			<-gate
		}
		applied.Store(content)
	})
	done := make(chan struct{}, 2)
	call := func() { reload(); done <- struct{}{} }
	go call()
	<-read
	file.Store("newer")
	go call()
	select {
	case <-read:
		<-done
		t.Error("two reloads at once")
		close(gate)
		<-done
	case <-time.After(50 * time.Millisecond):
		close(gate)
		<-done
		<-done
	}
	if got := applied.Load(); got != "newer" {
		t.Errorf("applied last: %v", got)
	}
}
