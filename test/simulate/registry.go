package simulate

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// registry answers as Confluent's schema registry does: GET /schemas/ids/ID and
// /subjects/SUBJECT/versions/VERSION. It can fail in several ways.
// https://docs.confluent.io/platform/current/schema-registry/develop/api.html
type registry struct {
	network *network
	address string

	mu     sync.Mutex
	server *http.Server // nil while nobody listens
	mode   string       // "", error, silent, slow or proxy
	mended chan struct{}
}

func startRegistry(n *network) (*registry, error) {
	r := &registry{network: n, address: "127.0.0.1:8081", mended: make(chan struct{})}
	return r, r.listen()
}

func (r *registry) listen() error {
	l, err := r.network.Listen("tcp", r.address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: r, ReadHeaderTimeout: time.Minute}
	r.mu.Lock()
	r.server = server
	r.mu.Unlock()
	go func(l net.Listener) { _ = server.Serve(l) }(l) // ends with close
	return nil
}

func (r *registry) close() {
	r.mu.Lock()
	server := r.server
	r.server = nil
	r.mu.Unlock()
	if server != nil {
		_ = server.Close()
	}
}

// fail has the registry fail in a way: error, silent, slow, proxy or refused.
func (r *registry) fail(way string) {
	if way == "refused" {
		r.close()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mode = way
}

// mend ends all ways of failing.
func (r *registry) mend() {
	r.mu.Lock()
	r.mode = ""
	close(r.mended)
	r.mended = make(chan struct{})
	down := r.server == nil
	r.mu.Unlock()
	if down {
		if err := r.listen(); err != nil {
			panic(err) // the address was its own before
		}
	}
}

func (r *registry) state() (mode string, mended chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.mode, r.mended
}

func (r *registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch mode, mended := r.state(); mode {
	case "silent":
		select {
		case <-mended:
		case <-req.Context().Done():
		}
		return
	case "slow":
		select {
		case <-time.After(8 * time.Second):
		case <-req.Context().Done():
			return
		}
	case "error":
		w.WriteHeader(http.StatusInternalServerError)
		_ = json.NewEncoder(w).Encode(map[string]any{"error_code": 50001, "message": "Error in the backend data store"})
		return
	case "proxy":
		http.Error(w, "<html>no such page</html>", http.StatusNotFound)
		return
	}
	mux.ServeHTTP(w, req)
}

var mux = func() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET /schemas/ids/{id}", func(w http.ResponseWriter, req *http.Request) {
		id, _ := strconv.Atoi(req.PathValue("id")) // 0 is none
		for _, s := range schemasOf {
			if n := id - int(s.first); n < 0 || n >= s.count {
				continue
			}
			answer := map[string]any{"schema": s.text, "schemaType": s.kind}
			if s.kind == "AVRO" {
				answer["references"] = []map[string]any{{"name": "Pad", "subject": "pad", "version": 1}}
			}
			_ = json.NewEncoder(w).Encode(answer)
			return
		}
		missing(w, 40403, "Schema not found")
	})
	m.HandleFunc("GET /subjects/pad/versions/1", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"subject": "pad", "version": 1, "id": 99, "schema": padSchema})
	})
	return m
}()

func missing(w http.ResponseWriter, code int, text string) {
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(map[string]any{"error_code": code, "message": text})
}
