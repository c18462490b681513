package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startTimeout = 60 * time.Second // generous: test machines are small and shared
	stopGrace    = 20 * time.Second
)

// Server is one server process that can be stopped, killed, stalled and started again
// with the same address and the same data. Its methods may be called from any goroutine.
type Server struct {
	Addr string // host:port
	Dir  string // its data, its configuration and its log

	name     string
	argv     []string
	ready    func(ctx context.Context, addr string) error
	detached bool

	mu   sync.Mutex
	proc *process
}

// Option changes how a server is started.
type Option func(*Server)

// Detached lets the server outlive this process; who uses it must stop it by its id.
func Detached() Option { return func(s *Server) { s.detached = true } }

// URL is the address as an HTTP endpoint.
func (s *Server) URL() string { return "http://" + s.Addr }

// LogFile is where the server's output goes; restarts append to it.
func (s *Server) LogFile() string { return filepath.Join(s.Dir, s.name+".log") }

// PID is the process id, or 0 when the server is not running.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil || !s.proc.running() {
		return 0
	}
	return s.proc.cmd.Process.Pid
}

// Start starts the server again after [Server.Stop] or [Server.Kill] and returns when
// it answers. A server that runs is left alone.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc != nil && s.proc.running() {
		return nil
	}
	p, err := spawn(s.argv, s.LogFile(), s.detached)
	if err != nil {
		return fmt.Errorf("starting %s: %w", s.name, err)
	}
	s.proc = p
	if err := s.awaitReady(ctx); err != nil {
		return errors.Join(fmt.Errorf("starting %s: %w; its log ends:\n%s", s.name, err, s.LogTail(20)), p.kill())
	}
	return nil
}

// Stop ends the server in good order.
func (s *Server) Stop() error { return s.end(func(p *process) error { return p.stop(stopGrace) }) }

// Kill ends the server as a crash would, with no chance to write anything.
func (s *Server) Kill() error { return s.end((*process).kill) }

// Restart stops the server in good order and starts it again.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.Start(ctx)
}

// Pause stalls the server: its connections stay open and nothing answers.
func (s *Server) Pause() error { return s.signal(syscall.SIGSTOP) }

// Resume ends [Server.Pause].
func (s *Server) Resume() error { return s.signal(syscall.SIGCONT) }

// LogTail is the last lines of the server's output.
func (s *Server) LogTail(lines int) string {
	text, err := os.ReadFile(s.LogFile())
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func (s *Server) end(how func(*process) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil {
		return nil
	}
	if err := how(s.proc); err != nil {
		return fmt.Errorf("ending %s: %w", s.name, err)
	}
	return nil
}

func (s *Server) signal(sig syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil || !s.proc.running() {
		return fmt.Errorf("signalling %s: it is not running", s.name)
	}
	return s.proc.signal(sig)
}

// awaitReady asks until the server answers, has ended or time is up.
func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var last error
	for {
		if last = s.ready(ctx, s.Addr); last == nil {
			return nil
		}
		select {
		case <-s.proc.done:
			return fmt.Errorf("it ended at once: %w", s.proc.err)
		case <-ctx.Done():
			return fmt.Errorf("waiting for an answer: %w (last: %w)", ctx.Err(), last)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// launch builds a server on free ports and starts it. Another program may take a port
// between finding it and using it, so a server that ended at once is tried again.
func launch(ctx context.Context, ports int, opts []Option, build func(addrs []string) (*Server, error)) (*Server, error) {
	var problems []error
	for range 3 {
		addrs, err := freeAddrs(ports)
		if err != nil {
			return nil, err
		}
		s, err := build(addrs)
		if err != nil {
			return nil, err
		}
		for _, o := range opts {
			o(s)
		}
		if err = s.Start(ctx); err == nil {
			return s, nil
		}
		problems = append(problems, err)
		if ctx.Err() != nil || !strings.Contains(strings.ToLower(s.LogTail(200)), "address already in use") {
			break
		}
	}
	return nil, errors.Join(problems...)
}
