package codec

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/sluice-bridge/sluice/codec/schema"
)

const (
	// How often and how long a schema is looked for that the registry does not have: the instance
	// that was asked may learn of it a moment later than the producer did.
	missingTries = 3
	missingDelay = 100 * time.Millisecond

	firstBackoff = 200 * time.Millisecond
	lastBackoff  = 10 * time.Second
)

// fetch gets one schema, however long the registry does not answer. It runs in a goroutine of its
// own, one for each schema that is pending.
func (r *Registry) fetch(key schemaKey) {
	for missing := 0; r.acquire(); {
		s, err := r.try(key, missing)
		<-r.slots
		if r.ctx.Err() != nil {
			return // a request cut short says nothing
		}
		var no *UndecodableError
		switch {
		case err == nil:
			r.trouble.over()
			r.settle(key, s, nil)
			return
		case errors.As(err, &no):
			r.trouble.over()
			if missing++; no.Reason == ReasonUnknownSchema && missing < missingTries {
				if !r.sleep(missingDelay << (missing - 1)) {
					return
				}
				continue
			}
			r.settle(key, nil, no)
			return
		}
		r.trouble.met(err.Error())
	}
}

// acquire waits until the registry may be asked, and takes a slot. False: the registry is closed.
func (r *Registry) acquire() bool {
	for {
		changed := r.Changed()
		if wait := r.trouble.wait(); wait > 0 {
			// An answer to somebody else ends the trouble, and so the wait.
			if !r.sleepOr(wait, changed) {
				return false
			}
			continue
		}
		select {
		case <-r.ctx.Done():
			return false
		case r.slots <- struct{}{}:
		}
		if r.trouble.wait() == 0 {
			return true
		}
		<-r.slots // somebody met trouble while this one queued
	}
}

// try asks once, every instance where need be, and makes a schema of the answer. With attempt a
// later try begins with another instance.
func (r *Registry) try(key schemaKey, attempt int) (*registered, error) {
	var src *schema.Source
	var err error
	for i := range r.clients {
		c := &r.clients[(attempt+i)%len(r.clients)]
		src, err = c.load(r.ctx, key)
		var no *UndecodableError
		if err == nil || errors.As(err, &no) || r.ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	r.compiling.Lock() // what one takes in memory is bounded, and not how many come at once
	made, err := r.compiler.compile(src)
	r.compiling.Unlock()
	if err != nil {
		return nil, &UndecodableError{Reason: ReasonBadSchema, Schema: key.String(), Err: err}
	}
	return &registered{Compiled: made, about: about(src, r.topicOf(key.topic), made.Names)}, nil
}

func (r *Registry) sleep(d time.Duration) bool { return r.sleepOr(d, nil) }

// sleepOr waits for d or until wake; false: the registry is closed.
func (r *Registry) sleepOr(d time.Duration, wake <-chan struct{}) bool {
	ctx, cancel := context.WithTimeout(r.ctx, d)
	defer cancel()
	select {
	case <-ctx.Done():
	case <-wake:
	}
	return r.ctx.Err() == nil
}

// backoff returns how long to leave the registry alone after so many failures.
func backoff(failures int) time.Duration {
	d := min(firstBackoff<<min(failures-1, 10), lastBackoff)
	return d/2 + rand.N(d/2) //nolint:gosec // nothing is kept secret by it
}
