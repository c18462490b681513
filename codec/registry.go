package codec

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// RegistryOptions say where the schemas are and how to get at them.
type RegistryOptions struct {
	// URLs of one registry; the next is tried where one does not answer.
	URLs []string
	// BasicAuth, where set, returns the user's name and password for a request. It is called for
	// each, so that a rotated password needs no restart.
	BasicAuth func() (username, password string, err error)
	// BearerToken, where set, returns the token for a request.
	BearerToken func() (string, error)
	// TLS for https URLs; nil for the system's roots.
	TLS *tls.Config
	// Timeout of one request; 10 s where zero.
	Timeout time.Duration
	// OnCrowded is called, once a minute at most, when a schema is forgotten that was in use within the last
	// minute, for the memory that schemas may take.
	OnCrowded func()
	// Dial connects to an address; nil for the system's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// OnTrouble is called when the registry stops answering, and when the reason is another one. Both are
	// called one at a time from a goroutine of the registry, and may not call Close.
	OnTrouble   func(text string)
	OnRecovered func()
}

// Registry fetches schemas from a Confluent-compatible registry and keeps them: what an id means
// never changes.
//
// It owns a goroutine for each schema that is being fetched, at most maxPending, which ends when
// the schema is known or given up, or at Close.
type Registry struct {
	clients []registryClient
	trouble trouble
	crowd   func()

	ctx    context.Context //nolint:containedctx // it ends the goroutines at Close
	cancel context.CancelFunc
	tasks  sync.WaitGroup
	slots  chan struct{} // held while requests are made

	compiling sync.Mutex // held while a schema is compiled
	compiler  compiler   // guarded by it

	mu      sync.RWMutex // guards what follows; held briefly, never while calling out
	closed  bool
	known   map[schemaKey]*knownSchema
	refused map[schemaKey]*refusedSchema
	pending map[schemaKey]struct{}
	changed chan struct{}
	parts   map[*schema.Part]int // of how many schemas known
	weight  int                  // of what is known, in bytes
	clock   int64                // when the last schema was learnt, in ns of Unix time: the time of the cache
	crowded time.Time            // when it was told last that schemas in use are forgotten
	topics  []string             // whose subjects are asked for; a topic's number is its place, from 1
}

const (
	// maxPending bounds the schemas that are being fetched. Ids out of garbage take places too,
	// while the registry is asked about them.
	maxPending = 256
	// maxAhead of them may be those of records that are not the next of their partition: who waits for
	// one schema is not kept waiting by those who ask for many.
	maxAhead = 192
	// maxRequests bounds the requests at once.
	maxRequests = 32
	// requestRate bounds the requests in a second, and requestBurst those that may come at once before:
	// whoever writes garbage makes up any number of ids, each of which is asked for a few times.
	requestRate  = 500
	requestBurst = 1000
)

// NewRegistry returns a registry; it connects when the first schema is asked for. Close frees it.
func NewRegistry(opts RegistryOptions) (*Registry, error) {
	clients, err := newRegistryClients(opts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Registry{
		clients: clients,
		crowd:   opts.OnCrowded,
		trouble: trouble{onTrouble: opts.OnTrouble, onRecovered: opts.OnRecovered},
		ctx:     ctx,
		cancel:  cancel,
		slots:   make(chan struct{}, maxRequests),
		known:   map[schemaKey]*knownSchema{},
		refused: map[schemaKey]*refusedSchema{},
		pending: map[schemaKey]struct{}{},
		parts:   map[*schema.Part]int{},
		changed: make(chan struct{}),
	}, nil
}

// Changed returns a channel that is closed when next a schema becomes known or is given up. To miss
// nothing, take the channel before the Decode that says ErrPending.
func (r *Registry) Changed() <-chan struct{} {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.changed
}

// topic returns the number of a topic in schemaKey.
func (r *Registry) topic(name string) int32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.topics, name)
	if i < 0 {
		i = len(r.topics)
		r.topics = append(r.topics, name)
	}
	return int32(i) + 1 //nolint:gosec // topics are those that somebody has configured
}

// topicOf is the name of a topic by its number; empty for 0.
func (r *Registry) topicOf(number int32) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if number == 0 {
		return ""
	}
	return r.topics[number-1]
}

// hosts names the instances, without what their URLs may hold beside.
func (r *Registry) hosts() string {
	var all []string
	for _, c := range r.clients {
		all = append(all, c.host)
	}
	return strings.Join(all, ", ")
}

// Trouble returns why the registry does not answer and since when; the empty text where it does,
// or where nothing was asked of it.
func (r *Registry) Trouble() (text string, since time.Time) { return r.trouble.state() }

// Close ends the fetching and waits for it. Schemas that are known stay known.
func (r *Registry) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.cancel()
	r.tasks.Wait()
	for _, c := range r.clients {
		c.http.CloseIdleConnections()
	}
}
