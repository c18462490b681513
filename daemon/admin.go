package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
)

// admin serves metrics and health. The zero address serves nothing.
type admin struct {
	listen string
	server *http.Server // nil where it does not listen
	pages  atomic.Pointer[http.Handler]
}

func startAdmin(d *Daemon, cfg config.Admin) (*admin, error) {
	a := &admin{listen: cfg.Listen}
	if cfg.Listen == "" {
		return a, nil
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("admin.listen: %w; choose a free address, or \"\" for none", err)
	}
	a.serve(d, cfg)
	a.server = adminServer(d.log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*a.pages.Load()).ServeHTTP(w, r) }))
	go func() { _ = a.server.Serve(ln) }() // ends with close
	return a, nil
}

// at returns an admin that listens where a configuration says: this one, where that is where it does.
func (a *admin) at(d *Daemon, cfg config.Admin) (*admin, error) {
	if cfg.Listen == a.listen {
		return a, nil
	}
	return startAdmin(d, cfg)
}

// serve has a configuration hold from now on.
func (a *admin) serve(d *Daemon, cfg config.Admin) {
	pages := ownHosts(cfg, d.pages(cfg.Pprof))
	a.pages.Store(&pages)
}

// adminServer serves whoever can reach it, so it bounds what each can hold, and for how long. What it says of
// its clients is logged on request only: anybody can bring that about.
func adminServer(log *zap.Logger, h http.Handler) *http.Server {
	said, err := zap.NewStdLogAt(log.Named("admin"), zap.DebugLevel)
	if err != nil {
		panic(err) // the level is one
	}
	conns := adminConns{busy: map[net.Conn]bool{}}
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

func (a *admin) close() {
	if a == nil || a.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if a.server.Shutdown(ctx) != nil {
		_ = a.server.Close()
	}
}

// pages are what the admin listener serves.
func (d *Daemon) pages(profiles bool) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(d.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", d.healthz)
	mux.HandleFunc("GET /readyz", d.readyz)
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
func (d *Daemon) healthz(w http.ResponseWriter, _ *http.Request) {
	if idle := d.idle(); idle > wedgedAfter {
		http.Error(w, fmt.Sprintf("no progress for %s", idle.Round(time.Second)), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// readyz answers 200 where nothing is wrong, else 503 and what is.
func (d *Daemon) readyz(w http.ResponseWriter, _ *http.Request) {
	problems := d.Problems()
	w.Header().Set("Content-Type", "application/json")
	if len(problems) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(map[string]any{"ready": len(problems) == 0, "problems": problems})
}

// Problems returns what is wrong now: what the board says, and the groups that are not joined,
// which is no trouble while the bridge comes up.
func (d *Daemon) Problems() []Problem {
	problems := d.board.Problems()
	sources, moving := d.sources(), d.movingSince()
	switch stopping := d.stopping.Load(); {
	case stopping != nil:
		problems = append(problems, Problem{What: "bridge", Text: "stopping: what is in flight is drained", Since: *stopping})
	case len(sources) == 0 && !moving.IsZero():
		problems = append(problems, Problem{What: "bridge", Text: "a reload is under way: the consumer groups drain, leave and join again", Since: moving})
	case len(sources) == 0:
		problems = append(problems, Problem{What: "bridge", Text: "starting", Since: d.started})
	}
	for _, s := range sources {
		what := "group " + s.Group()
		told := slices.ContainsFunc(problems, func(p Problem) bool { return p.What == what })
		if !s.Joined() && !told {
			problems = append(problems, Problem{What: what, Text: "the consumer group is not joined yet", Since: s.Made()})
		}
	}
	return problems
}
