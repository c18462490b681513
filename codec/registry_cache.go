package codec

import (
	"errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

const (
	// maxKnown bounds the schemas that are kept: far more than one bridge reads.
	maxKnown = 10_000
	// MaxMemory is what the schemas that a Registry keeps take together at most, in bytes: some 180,000 fields
	// of Protobuf, or ten thousand ordinary schemas. One schema is kept whatever it takes.
	MaxMemory = 256 << 20
	// inUse is how long ago a schema was used at most that is in use.
	inUse = time.Minute
	// maxRefused bounds the ids that are remembered as bad; garbage makes up any number of them.
	maxRefused = 10_000
	// How long an id stays refused: somebody may register or mend the schema meanwhile.
	unknownFor = 30 * time.Second
	badFor     = 5 * time.Minute
)

// knownSchema is a schema in the cache.
type knownSchema struct {
	*registered
	used atomic.Int64 // the clock at its last use
}

// refusedSchema is a schema that there is not, or that is of no use.
type refusedSchema struct {
	err   *UndecodableError
	until time.Time
}

// schema returns a schema, ErrPending while it is being fetched, or an *UndecodableError.
func (r *Registry) schema(key schemaKey) (*registered, error) {
	r.mu.RLock()
	k, clock := r.known[key], r.clock
	r.mu.RUnlock()
	if k == nil {
		var err error
		if k, err = r.ask(key, maxPending); err != nil {
			return nil, err
		}
	}
	if k.used.Load() != clock { // no write to shared memory for each record
		k.used.Store(clock)
	}
	return k.registered, nil
}

// ahead has the schema for key fetched, and says whether it is not known yet and whether more may be
// asked for ahead.
func (r *Registry) ahead(key schemaKey) (pending, more bool) {
	r.mu.RLock()
	known := r.known[key] != nil
	more = len(r.pending) < maxAhead
	r.mu.RUnlock()
	if known {
		return false, more
	}
	_, err := r.ask(key, maxAhead)
	return errors.Is(err, ErrPending), more
}

// ask returns the schema for key where it has become known meanwhile, else why there is none, and has it
// fetched where nobody does yet and no more than so many are being fetched.
func (r *Registry) ask(key schemaKey, most int) (*knownSchema, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := r.known[key]; k != nil {
		return k, nil
	}
	if no := r.refused[key]; no != nil {
		if time.Now().Before(no.until) {
			return nil, no.err
		}
		delete(r.refused, key)
	}
	if _, ok := r.pending[key]; ok || r.closed || len(r.pending) >= most {
		return nil, ErrPending
	}
	r.pending[key] = struct{}{}
	r.tasks.Go(func() { r.fetch(key) })
	return nil, ErrPending
}

// settle puts what came of fetching key into the cache.
func (r *Registry) settle(key schemaKey, s *registered, no *UndecodableError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pending, key)
	if no != nil {
		r.refuse(key, no)
	} else {
		r.keep(key, s)
		for len(r.known) > 1 && (len(r.known) > maxKnown || r.weight > MaxMemory) {
			r.evict()
		}
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *Registry) keep(key schemaKey, s *registered) {
	if r.known[key] != nil {
		r.forget(key)
	}
	r.clock = max(r.clock+1, time.Now().UnixNano())
	k := &knownSchema{registered: s}
	k.used.Store(r.clock)
	r.known[key] = k
	r.weight += s.weight()
	for _, p := range s.Parts() {
		if r.parts[p]++; r.parts[p] == 1 {
			r.weight += p.Weight
		}
	}
}

// evict forgets the schema that was used least lately.
func (r *Registry) evict() {
	var oldest schemaKey
	used := int64(math.MaxInt64)
	for key, k := range r.known {
		if at := k.used.Load(); at < used {
			oldest, used = key, at
		}
	}
	r.forget(oldest)
	if now := time.Unix(0, r.clock); now.Sub(time.Unix(0, used)) < inUse && now.Sub(r.crowded) >= inUse && r.crowd != nil {
		r.crowded = now
		r.tasks.Go(r.crowd)
	}
}

func (r *Registry) forget(key schemaKey) {
	s := r.known[key].registered
	delete(r.known, key)
	r.weight -= s.weight()
	for _, p := range s.Parts() {
		if r.parts[p]--; r.parts[p] == 0 {
			delete(r.parts, p)
			r.weight -= p.Weight
		}
	}
}

// refuse remembers an error, and of its cause the text alone: the compiler's hold the file that they are about.
func (r *Registry) refuse(key schemaKey, no *UndecodableError) {
	no.Err = errors.New(excerpt.Failure(no.Err.Error()))
	if len(r.refused) >= maxRefused { // forgetting one costs a request at most
		for other := range r.refused {
			delete(r.refused, other)
			break
		}
	}
	lasts := badFor
	if no.Reason == ReasonUnknownSchema {
		lasts = unknownFor
	}
	r.refused[key] = &refusedSchema{err: no, until: time.Now().Add(lasts)}
}
