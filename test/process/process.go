package process

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-bridge/sluice/test/parts"
)

// Process is one run of sluice.
type Process struct {
	// Config is its configuration file, and Admin the host:port of its admin listener.
	Config, Admin string
	Out, Log      *Log // standard output and standard error

	cmd  *exec.Cmd
	done chan struct{}
	err  error // of its end
}

// Start runs the bridge with a configuration, in which ADMIN stands for a free address, and keeps its
// files in dir; env lies over the environment that it gets otherwise.
func Start(binary, dir, config string, env ...string) (*Process, error) {
	return Launch(binary, dir, "run", config, nil, env...)
}

// Launch runs a command of sluice with a configuration, as Start does.
func Launch(binary, dir, command, config string, args []string, env ...string) (*Process, error) {
	admin, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	p := &Process{Config: filepath.Join(dir, "bridge.yaml"), Admin: admin, Out: &Log{}, Log: &Log{}, done: make(chan struct{})}
	if err = p.Write(config); err != nil {
		return nil, err
	}
	p.cmd = exec.Command(binary, append([]string{command, "-c", p.Config}, args...)...)
	p.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=eu-west-1",
		"GORACE=halt_on_error=1 atexit_sleep_ms=20", // the default is a second
	}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.Out, p.Log
	if err = parts.Begin(p.cmd, false, func(err error) { p.err = err; close(p.done) }); err != nil {
		return nil, fmt.Errorf("starting sluice: %w", err)
	}
	return p, nil
}

// Write replaces the configuration file.
func (p *Process) Write(config string) error {
	return os.WriteFile(p.Config, []byte(strings.ReplaceAll(config, "ADMIN", p.Admin)), 0o600)
}

// PID is its process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when it has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how it ended; after Done.
func (p *Process) Err() error { return p.err }

// ExitCode is that of its end; after Done.
func (p *Process) ExitCode() int { return p.cmd.ProcessState.ExitCode() }

// Signal sends it a signal. One that has ended takes none.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends it with SIGKILL and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Stop ends it with SIGTERM and waits for its end. An error says that it was not a good one.
func (p *Process) Stop(patience time.Duration) error {
	p.Signal(syscall.SIGTERM)
	if !p.Ended(patience) {
		return fmt.Errorf("sluice does not end within %v of SIGTERM", patience)
	}
	if p.err != nil {
		return fmt.Errorf("after SIGTERM sluice ended with: %w", p.err)
	}
	return nil
}

// Ended waits for its end and says whether that came in time.
func (p *Process) Ended(patience time.Duration) bool {
	select {
	case <-p.done:
		return true
	case <-time.After(patience):
		return false
	}
}

// Raced says whether the race detector found something.
func (p *Process) Raced() bool { return strings.Contains(p.Log.String(), "DATA RACE") }

// Get asks its admin listener: status and body, or 0 and the error.
func (p *Process) Get(path string) (int, string) {
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get("http://" + p.Admin + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// Metric returns the value of one series as it is printed, or "".
func (p *Process) Metric(series string) string {
	_, body := p.Get("/metrics")
	for line := range strings.Lines(body) {
		if v, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// FreeAddress returns a host:port on the loopback that nothing listens on.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
