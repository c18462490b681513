package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/health"
)

// Bridge is what the listener shows.
type Bridge interface {
	// Alive returns nil while the process makes progress.
	Alive() error
	// Problems are what is wrong now; none where the bridge is ready.
	Problems() []health.Problem
	// Registry holds the metrics.
	Registry() *prometheus.Registry
}

// Listener serves metrics, health, readiness and profiles. One for the empty address serves nothing.
type Listener struct {
	bridge Bridge
	log    *zap.Logger
	listen string
	server *http.Server // nil where it does not listen
	pages  atomic.Pointer[http.Handler]
}

// Start listens. The error names the address.
func Start(bridge Bridge, cfg config.Admin, log *zap.Logger) (*Listener, error) {
	l := &Listener{bridge: bridge, log: log, listen: cfg.Listen}
	if cfg.Listen == "" {
		return l, nil
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("admin.listen: %w; choose a free address, or \"\" for none", err)
	}
	l.Serve(cfg)
	l.server = newServer(log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*l.pages.Load()).ServeHTTP(w, r) }))
	go func() { _ = l.server.Serve(ln) }() // ends with Close
	return l, nil
}

// Moved returns a listener where a configuration says: this one, where that is where it listens.
func (l *Listener) Moved(cfg config.Admin) (*Listener, error) {
	if cfg.Listen == l.listen {
		return l, nil
	}
	return Start(l.bridge, cfg, l.log)
}

// Serve has a configuration hold from now on.
func (l *Listener) Serve(cfg config.Admin) {
	pages := ownHosts(cfg, l.handler(cfg.Pprof))
	l.pages.Store(&pages)
}

// Close ends the listener, and gives requests a second. Of a nil listener it does nothing.
func (l *Listener) Close() {
	if l == nil || l.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if l.server.Shutdown(ctx) != nil {
		_ = l.server.Close()
	}
}

// newServer serves whoever can reach it, so it bounds what each can hold, and for how long. What it says of
// its clients is logged on request only: anybody can bring that about.
func newServer(log *zap.Logger, h http.Handler) *http.Server {
	said, err := zap.NewStdLogAt(log.Named("admin"), zap.DebugLevel)
	if err != nil {
		panic(err) // the level is one
	}
	conns := boundedConns{busy: map[net.Conn]bool{}}
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second, // a profile gives itself the time that it takes
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ConnState:         conns.changed,
		ErrorLog:          said,
	}
}

func (l *Listener) handler(profiles bool) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(l.bridge.Registry(), promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", l.healthz)
	mux.HandleFunc("GET /readyz", l.readyz)
	if profiles {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// healthz answers 200 while the process makes progress: a supervisor should restart it otherwise.
func (l *Listener) healthz(w http.ResponseWriter, _ *http.Request) {
	if err := l.bridge.Alive(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// readyz answers 200 where nothing is wrong, else 503 and what is.
func (l *Listener) readyz(w http.ResponseWriter, _ *http.Request) {
	problems := l.bridge.Problems()
	w.Header().Set("Content-Type", "application/json")
	if len(problems) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(map[string]any{"ready": len(problems) == 0, "problems": problems})
}
