package codec

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/sluice-bridge/sluice/codec/schema"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

var avroOne = []byte{0, 0, 0, 0, 1, 4} // {"x":2} by avroPoint under id 1

// troubles records what the registry says of itself.
type troubles struct {
	mu   sync.Mutex
	said []string
}

func (l *troubles) say(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, text)
}

func (l *troubles) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.said...)
}

func (l *troubles) options(urls ...string) RegistryOptions {
	return RegistryOptions{URLs: urls, OnTrouble: l.say, OnRecovered: func() { l.say("recovered") }}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func TestValuesWaitWhileRegistryIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	var log troubles
	r := newRegistry(t, log.options("http://"+addr))
	d := newDecoder(t, FormatAvro, r)
	if _, err := d.Decode(avroOne, true); !errors.Is(err, ErrPending) {
		t.Fatalf("got %v", err)
	}
	eventually(t, "no trouble is told of", func() bool { text, _ := r.Trouble(); return text != "" })
	if _, since := r.Trouble(); since.IsZero() {
		t.Error("it is not said since when")
	}
	time.Sleep(firstBackoff) // more failures are no more news
	if _, err := d.Decode(avroOne, true); !errors.Is(err, ErrPending) {
		t.Fatalf("got %v", err)
	}

	fake := srfake.NewRegistry()
	seed(fake, 1, sr.TypeAvro, avroPoint)
	if l, err = net.Listen("tcp", addr); err != nil {
		t.Skip("the port is taken: ", err)
	}
	server := httptest.Server{Listener: l, Config: &http.Server{Handler: fake.Handler()}}
	server.Start()
	defer server.Close()
	if got := mustDecode(t, d, avroOne); got != `{"x":2}` {
		t.Error(got)
	}
	if text, _ := r.Trouble(); text != "" {
		t.Errorf("still in trouble: %s", text)
	}
	if said := log.all(); len(said) != 2 || !strings.Contains(said[0], addr) || said[1] != "recovered" {
		t.Errorf("said %q", said)
	}
}

// Only the registry's own word makes a schema unknown; any other answer is trouble.
func TestOnlyTheRegistryItselfMakesASchemaUnknown(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter){
		"500": func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"503": func(w http.ResponseWriter) { http.Error(w, "no", http.StatusServiceUnavailable) },
		"401": func(w http.ResponseWriter) { http.Error(w, "no", http.StatusUnauthorized) },
		"429": func(w http.ResponseWriter) { http.Error(w, "no", http.StatusTooManyRequests) },
		"404 of a proxy": func(w http.ResponseWriter) {
			http.Error(w, "<html>"+strings.Repeat("no such page ", 1000), http.StatusNotFound)
		},
		"404 of a path": func(w http.ResponseWriter) {
			http.Error(w, `{"error_code":404,"message":"HTTP 404 Not Found"}`, http.StatusNotFound)
		},
		"50001": func(w http.ResponseWriter) {
			http.Error(w, `{"error_code":50001,"message":"store"}`, http.StatusInternalServerError)
		},
		"an empty answer": func(w http.ResponseWriter) { fmt.Fprint(w, "{}") },
		"a login page":    func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var bad atomic.Bool
			bad.Store(true)
			fake, _ := fakeRegistry(t)
			seed(fake, 1, sr.TypeAvro, avroPoint)
			fake.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
				if bad.Load() {
					answer(w)
				}
				return bad.Load()
			})
			var log troubles
			r := newRegistry(t, log.options(fake.URL()))
			d := newDecoder(t, FormatAvro, r)
			for deadline := time.Now().Add(500 * time.Millisecond); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
				if _, err := d.Decode(avroOne, true); !errors.Is(err, ErrPending) {
					t.Fatalf("got %v", err)
				}
			}
			if text, _ := r.Trouble(); text == "" || len(text) > 400 {
				t.Errorf("the trouble is %q", text)
			}
			bad.Store(false)
			mustDecode(t, d, avroOne)
			if said := log.all(); len(said) != 2 {
				t.Errorf("said %q", said)
			}
		})
	}
}

func countRequests(fake *srfake.Registry, before func(n int64, w http.ResponseWriter) bool) *atomic.Int64 {
	var n atomic.Int64
	fake.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		at := n.Add(1)
		return before != nil && before(at, w)
	})
	return &n
}

func TestUnknownIDIsRefusedForAWhile(t *testing.T) {
	fake, r := fakeRegistry(t)
	requests := countRequests(fake, nil)
	d := newDecoder(t, FormatAvro, r)
	for range 3 {
		_, err := decodeSoon(t, d, avroOne)
		wantUndecodable(t, err, ReasonUnknownSchema, "schema 1")
	}
	if n := requests.Load(); n != missingTries {
		t.Errorf("%d requests, want %d", n, missingTries)
	}
	if text, _ := r.Trouble(); text != "" {
		t.Errorf("an unknown id is no trouble: %s", text)
	}
	// It is forgotten after a while, and may have been registered since.
	r.mu.Lock()
	r.refused[schemaKey{id: 1}].until = time.Now()
	r.mu.Unlock()
	seed(fake, 1, sr.TypeAvro, avroPoint)
	mustDecode(t, d, avroOne)
}

// The instance that is asked may lag behind the one that took the schema.
func TestSchemaIsAskedForAgainWhereRegistryLags(t *testing.T) {
	fake, r := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, avroPoint)
	countRequests(fake, func(n int64, w http.ResponseWriter) bool {
		if n < missingTries {
			http.Error(w, `{"error_code":40403,"message":"Schema not found"}`, http.StatusNotFound)
		}
		return n < missingTries
	})
	mustDecode(t, newDecoder(t, FormatAvro, r), avroOne)
}

func TestMissingReferenceMakesValueUndecodable(t *testing.T) {
	fake, r := fakeRegistry(t)
	countRequests(fake, func(_ int64, w http.ResponseWriter) bool { return false })
	fake.Intercept(func(w http.ResponseWriter, req *http.Request) bool {
		if strings.HasPrefix(req.URL.Path, "/schemas/ids/") {
			fmt.Fprint(w, `{"schema":"\"A\"","references":[{"name":"A","subject":"gone","version":3}]}`)
			return true
		}
		return false
	})
	_, err := decodeSoon(t, newDecoder(t, FormatAvro, r), avroOne)
	wantUndecodable(t, err, ReasonUnknownSchema, `version 3 of "gone"`)
}

func TestCyclicReferencesMakeValueUndecodable(t *testing.T) {
	fake, r := fakeRegistry(t)
	fake.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprint(w, `{"subject":"a","version":1,"schema":"\"A\"","references":[{"name":"A","subject":"a","version":1}]}`)
		return true
	})
	_, err := decodeSoon(t, newDecoder(t, FormatAvro, r), avroOne)
	wantUndecodable(t, err, ReasonData, `"A" is defined neither`)
}

// A schema that is larger than there is room for, alone or with what it refers to, is no trouble of the
// registry: its values would wait for ever.
func TestSchemaLargerThanTheLimitIsRefused(t *testing.T) {
	padded := func(n int) string { return `"string"` + strings.Repeat(" ", n) }
	refers := []sr.SchemaReference{{Name: "a", Subject: "s2", Version: 1}, {Name: "b", Subject: "s3", Version: 1}}
	for name, c := range map[string]struct {
		text string
		refs []sr.SchemaReference
	}{
		"alone": {padded(schema.MaxSchema), nil}, "an answer": {padded(maxResponse), nil}, "with others": {padded(schema.MaxSchema / 3), refers},
	} {
		t.Run(name, func(t *testing.T) {
			fake, r := fakeRegistry(t)
			seed(fake, 2, sr.TypeAvro, padded(schema.MaxSchema/3))
			seed(fake, 3, sr.TypeAvro, padded(schema.MaxSchema/3))
			seed(fake, 1, sr.TypeAvro, c.text, c.refs...)
			_, err := decodeSoon(t, newDecoder(t, FormatAvro, r), avroOne)
			wantUndecodable(t, err, ReasonBadSchema, "larger than 1 MiB")
		})
	}
}

// Values by JSON Schema are JSON as they are: what their schema holds, or refers to, is nothing to fail at.
func TestRegistryJSONSchemaIsNotRead(t *testing.T) {
	fake, r := fakeRegistry(t)
	fake.Intercept(func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.HasPrefix(req.URL.Path, "/schemas/ids/") {
			return false
		}
		fmt.Fprintf(w, `{"schemaType":"JSON","schema":"%*s","references":[{"name":"a","subject":"gone","version":1}]}`, schema.MaxSchema+1, "{}")
		return true
	})
	if got := mustDecode(t, newDecoder(t, FormatJSONSchema, r), framed(1, []byte(`{"a":1}`))); got != `{"a":1}` {
		t.Errorf("got %s", got)
	}
}

func TestSchemaIsFetchedOnceForManyValues(t *testing.T) {
	fake, r := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, avroPoint)
	release := make(chan struct{})
	requests := countRequests(fake, func(int64, http.ResponseWriter) bool { <-release; return false })
	d := newDecoder(t, FormatAvro, r)
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 100 {
				if _, err := d.Decode(avroOne, true); !errors.Is(err, ErrPending) {
					t.Errorf("got %v", err)
				}
			}
		})
	}
	wg.Wait()
	// The fetch and its connection; a goroutine that is waited for may still be there for a moment.
	eventually(t, "each value has a goroutine", func() bool { return runtime.NumGoroutine() <= before+10 })
	close(release)
	mustDecode(t, d, avroOne)
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// Ids out of garbage must not pile up, and Close ends whatever waits.
func TestUnknownIDsDoNotPileUpWhileRegistryIsDown(t *testing.T) {
	before := runtime.NumGoroutine()
	r, err := NewRegistry(RegistryOptions{URLs: []string{"http://127.0.0.1:1"}})
	if err != nil {
		t.Fatal(err)
	}
	d := newDecoder(t, FormatAvro, r)
	for id := 1; id < 20_000; id++ {
		if _, err := d.Decode(framed(id, nil), true); !errors.Is(err, ErrPending) {
			t.Fatalf("got %v", err)
		}
	}
	if n := runtime.NumGoroutine(); n > before+maxPending+4*maxRequests+20 { // each request may dial, which takes some
		t.Errorf("%d goroutines", n)
	}
	r.Close()
	eventually(t, "goroutines stay behind", func() bool { return runtime.NumGoroutine() <= before })
	if _, err := d.Decode(avroOne, true); !errors.Is(err, ErrPending) {
		t.Errorf("after Close: %v", err)
	}
}

func TestRegistryTakesTokenOrPassword(t *testing.T) {
	fake := srfake.New(srfake.WithAuth("Bearer t2"))
	defer fake.Close()
	seed(fake, 1, sr.TypeAvro, avroPoint)
	var calls atomic.Int64
	var log troubles
	opts := log.options(fake.URL())
	opts.BearerToken = func() (string, error) { return fmt.Sprintf("t%d", calls.Add(1)), nil } // the second is right
	mustDecode(t, newDecoder(t, FormatAvro, newRegistry(t, opts)), avroOne)
	if said := log.all(); len(said) != 2 || !strings.Contains(said[0], "answers 403") {
		t.Errorf("said %q", said)
	}

	basic := srfake.New(srfake.WithAuth("Basic dTpw"))
	defer basic.Close()
	seed(basic, 1, sr.TypeAvro, avroPoint)
	r := newRegistry(t, RegistryOptions{URLs: []string{basic.URL()}, BasicAuth: func() (string, string, error) { return "u", "p", nil }})
	mustDecode(t, newDecoder(t, FormatAvro, r), avroOne)
}

// An answer does not say where the credentials go.
func TestRegistryRedirectIsNotFollowed(t *testing.T) {
	var followed atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer elsewhere.Close()
	registry := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer registry.Close()
	var log troubles
	opts := log.options(registry.URL)
	opts.BearerToken = func() (string, error) { return "hunter2", nil }
	_, _ = newDecoder(t, FormatAvro, newRegistry(t, opts)).Decode(avroOne, true)
	eventually(t, "no trouble", func() bool { return len(log.all()) > 0 })
	if text := log.all()[0]; !strings.Contains(text, "a redirect, which is not followed") {
		t.Errorf("said %q", text)
	}
	if followed.Load() {
		t.Error("the redirect was followed")
	}
}

// A credential that cannot be read is trouble, and its text has no password of the URL.
func TestRegistryTroubleHidesPasswords(t *testing.T) {
	var log troubles
	opts := log.options("http://user:hunter2@127.0.0.1:1")
	r := newRegistry(t, opts)
	_, _ = newDecoder(t, FormatAvro, r).Decode(avroOne, true)
	eventually(t, "no trouble", func() bool { return len(log.all()) > 0 })
	if text := log.all()[0]; strings.Contains(text, "hunter2") || !strings.Contains(text, "127.0.0.1:1") {
		t.Errorf("said %q", text)
	}
	for _, bad := range []string{"ftp://user:hunter2@x", "registry:8081", "http://", "http://user:hunter2@h:port"} {
		if _, err := NewRegistry(RegistryOptions{URLs: []string{bad}}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := NewRegistry(RegistryOptions{}); err == nil {
		t.Error("no URL is taken")
	}
}

func TestNextRegistryIsAskedWhenOneFails(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer broken.Close()
	fake, _ := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, avroPoint)
	var log troubles
	r := newRegistry(t, log.options("http://127.0.0.1:1", broken.URL, fake.URL()))
	mustDecode(t, newDecoder(t, FormatAvro, r), avroOne)
	if said := log.all(); len(said) != 0 {
		t.Errorf("said %q", said)
	}
}

func TestRegistryIsAskedOverTLS(t *testing.T) {
	fake := srfake.NewRegistry()
	seed(fake, 1, sr.TypeAvro, avroPoint)
	server := httptest.NewTLSServer(fake.Handler())
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	r := newRegistry(t, RegistryOptions{URLs: []string{server.URL}, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}})
	mustDecode(t, newDecoder(t, FormatAvro, r), avroOne)
}

func TestRegistryIsAskedAgainAfterATimeout(t *testing.T) {
	fake, _ := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, avroPoint)
	countRequests(fake, func(n int64, _ http.ResponseWriter) bool {
		if n == 1 {
			time.Sleep(300 * time.Millisecond)
		}
		return false
	})
	var log troubles
	opts := log.options(fake.URL())
	opts.Timeout = 100 * time.Millisecond
	mustDecode(t, newDecoder(t, FormatAvro, newRegistry(t, opts)), avroOne)
	if said := log.all(); len(said) != 2 {
		t.Errorf("said %q", said)
	}
}

func TestRegistryCacheIsBounded(t *testing.T) {
	_, r := fakeRegistry(t)
	key := func(i int) schemaKey { return schemaKey{id: int32(i)} }
	for i := range maxKnown + 1 {
		if i == maxKnown { // the first was used since, the second is the one to go
			if _, err := r.schema(key(0)); err != nil {
				t.Fatal(err)
			}
		}
		r.settle(key(i), heavy(0), nil)
	}
	if len(r.known) != maxKnown || r.known[key(0)] == nil || r.known[key(1)] != nil {
		t.Errorf("%d schemas are kept, the first %v, the second %v", len(r.known), r.known[key(0)] != nil, r.known[key(1)] != nil)
	}
	for i := range maxRefused + 10 {
		r.settle(key(i), nil, &UndecodableError{Reason: ReasonUnknownSchema, Err: errors.New("malformed")})
	}
	if len(r.refused) != maxRefused {
		t.Errorf("%d ids are refused", len(r.refused))
	}
}

// Large schemas take the place of many small ones, and one is kept however large it is.
func TestRegistryCacheIsBoundedByWeight(t *testing.T) {
	_, r := fakeRegistry(t)
	learn := func(id int32, weight int) { r.settle(schemaKey{id: id}, heavy(weight), nil) }
	kept := func() string {
		var ids []int32
		for key := range r.known {
			ids = append(ids, key.id)
		}
		slices.Sort(ids)
		return fmt.Sprint(ids)
	}
	for id := range int32(4) {
		learn(id, MaxMemory/4)
	}
	if got := kept(); got != "[0 1 2 3]" {
		t.Errorf("%s are kept", got)
	}
	if _, err := r.schema(schemaKey{id: 0}); err != nil {
		t.Fatal(err)
	}
	learn(4, MaxMemory/2) // the second and the third have not been used for longest
	if got := kept(); got != "[0 3 4]" || r.weight != MaxMemory {
		t.Errorf("%s are kept, of %d bytes", got, r.weight)
	}
	learn(5, 2*MaxMemory)
	if got := kept(); got != "[5]" || r.weight != 2*MaxMemory {
		t.Errorf("%s are kept, of %d bytes", got, r.weight)
	}
	learn(6, 1)
	if got := kept(); got != "[6]" || r.weight != 1 {
		t.Errorf("%s are kept, of %d bytes", got, r.weight)
	}
}

// A schema that becomes known while somebody asks for it is not fetched again, and none is weighed twice.
func TestSchemaIsWeighedOnce(t *testing.T) {
	fake, r := fakeRegistry(t)
	key := schemaKey{id: 1}
	requests := countRequests(fake, nil)
	r.settle(key, heavy(7), nil)
	if k, err := r.ask(key, maxPending); err != nil || k != r.known[key] {
		t.Errorf("asked for what is known: %v, %v", k, err)
	}
	r.settle(key, heavy(5), nil)
	if r.weight != 5 || len(r.pending) > 0 || requests.Load() > 0 {
		t.Errorf("%d bytes are kept, %d schemas are fetched by %d requests", r.weight, len(r.pending), requests.Load())
	}
}

// What is counted is what is kept, however many ask at once.
func TestRegistryCacheWeighsWhatIsKept(t *testing.T) {
	t.Parallel()
	const schemas = 20
	fake, r := fakeRegistry(t)
	for id := 1; id <= schemas; id++ {
		seed(fake, id, sr.TypeAvro, avroPoint)
	}
	requests := countRequests(fake, nil)
	d := newDecoder(t, FormatAvro, r)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for missing := schemas; missing > 0; {
				missing = 0
				for id := 1; id <= schemas; id++ {
					if _, err := d.Decode(framed(id, []byte{4}), true); err != nil {
						missing++
					}
				}
			}
		})
	}
	wg.Wait()
	var known []*registered
	for _, k := range r.known {
		known = append(known, k.registered)
	}
	sum := weighs(known...)
	if sum != r.weight || len(r.known) != schemas || requests.Load() != schemas {
		t.Errorf("%d schemas of %d bytes are kept and %d are counted, by %d requests", len(r.known), sum, r.weight, requests.Load())
	}
}

// What is remembered of a schema that is refused is a text of bounded length, and nothing of its file.
func TestRefusedSchemaLeavesABoundedText(t *testing.T) {
	fake, r := fakeRegistry(t)
	seed(fake, 1, sr.TypeProtobuf, "message "+strings.Repeat("M", 500_000)+" { x y = 0; }")
	seed(fake, 2, sr.TypeProtobuf, strings.Repeat("message M {} ", 20_000)+"message M { int32 a = 0; }")
	d := newDecoder(t, FormatProtobuf, r)
	for id := 1; id <= 2; id++ {
		_, err := decodeSoon(t, d, framed(id, nil, 0))
		wantUndecodable(t, err, ReasonBadSchema, "parsing it")
		var no *UndecodableError
		if errors.As(err, &no); len(no.Error()) > 2*excerpt.Limit || errors.Unwrap(no.Err) != nil {
			t.Errorf("schema %d: %d bytes, with %T within", id, len(no.Error()), errors.Unwrap(no.Err))
		}
	}
}

// Parsers get text that others wrote.
func TestCompileDoesNotPanic(t *testing.T) {
	for _, kind := range []sr.SchemaType{sr.TypeAvro, sr.TypeProtobuf, sr.TypeJSON, 99} {
		for _, text := range []string{"", "null", "{}", "[]", "[[]]", `"A"`, strings.Repeat("[", 1<<16), strings.Repeat(`{"type":`, 1<<14), "message M { M m = 1;", "syntax='proto3';"} {
			_, _ = compile(&schema.Source{Kind: kind, Text: text})
		}
	}
}

// What is told of a registry is what is wrong now, not what was wrong first.
func TestTroubleOfRegistryIsTheLatest(t *testing.T) {
	var log troubles
	tr := trouble{onTrouble: log.say, onRecovered: func() { log.say("recovered") }}
	for _, text := range []string{"connection refused", "connection refused", "401 Unauthorized"} {
		tr.met(text)
	}
	tr.over()
	if got := strings.Join(log.all(), "; "); got != "connection refused; 401 Unauthorized; recovered" {
		t.Errorf("told %q", got)
	}
}
