package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the real one, built once with the race detector where the test has it.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sluice-e2e")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "sluice")
	args := []string{"build", "-o", binary}
	if raceEnabled {
		args = append(args, "-race")
	}
	build := exec.Command("go", append(args, "github.com/sluice-bridge/sluice/cmd/sluice")...)
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building sluice: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func unique() string {
	b := make([]byte, 4)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// process is a running sluice.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	config string // its file
	admin  string // host:port
	out    *logBuffer
	log    *logBuffer
	done   chan struct{}
	err    error // of its end
}

// logBuffer keeps what a process printed.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs sluice with a configuration, in which ADMIN stands for a free address; env lies over
// the environment that it gets otherwise.
func start(t *testing.T, config string, env ...string) *process {
	t.Helper()
	return launch(t, "run", config, nil, env...)
}

// launch runs a command of sluice with a configuration.
func launch(t *testing.T, command, config string, args []string, env ...string) *process {
	t.Helper()
	p := &process{t: t, admin: freeAddress(t), config: filepath.Join(t.TempDir(), "bridge.yaml"), out: &logBuffer{}, log: &logBuffer{}, done: make(chan struct{})}
	p.write(config)
	p.cmd = exec.Command(binary, append([]string{command, "-c", p.config}, args...)...)
	p.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=eu-west-1",
		"GORACE=halt_on_error=1 atexit_sleep_ms=20", // the default is a second
	}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("sluice printed:\n%s", tail(p.log.String(), 60))
		}
		if strings.Contains(p.log.String(), "DATA RACE") {
			t.Errorf("a data race:\n%s", p.log.String())
		}
	})
	return p
}

// write replaces the configuration file.
func (p *process) write(config string) {
	p.t.Helper()
	if err := os.WriteFile(p.config, []byte(strings.ReplaceAll(config, "ADMIN", p.admin)), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// ready waits until it says that nothing is wrong.
func (p *process) ready() *process {
	p.t.Helper()
	p.await("readiness", func() bool { status, _ := p.get("/readyz"); return status == http.StatusOK })
	return p
}

// await waits for a condition while the process lives.
func (p *process) await(what string, cond func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for !cond() {
		select {
		case <-p.done:
			if cond() {
				return
			}
			p.t.Fatalf("waiting for %s: sluice ended: %v\n%s", what, p.err, tail(p.log.String(), 40))
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			_, body := p.get("/readyz")
			p.t.Fatalf("waiting for %s took too long; readiness: %s", what, body)
		}
	}
}

func (p *process) get(path string) (int, string) {
	resp, err := http.Get("http://" + p.admin + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// metric returns the value of one series as it is printed, or "".
func (p *process) metric(series string) string {
	_, body := p.get("/metrics")
	for line := range strings.Lines(body) {
		if v, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// stop ends it in good order and checks that it says so.
func (p *process) stop() {
	p.t.Helper()
	p.terminate()
	p.wait()
	if p.err != nil {
		p.t.Fatalf("after SIGTERM sluice ended with %v\n%s", p.err, tail(p.log.String(), 40))
	}
}

// terminate sends SIGTERM.
func (p *process) terminate() { _ = p.cmd.Process.Signal(syscall.SIGTERM) }

// exitCode waits for its end.
func (p *process) exitCode() int {
	p.t.Helper()
	p.wait()
	return p.cmd.ProcessState.ExitCode()
}

// kill ends it with SIGKILL.
func (p *process) kill() {
	p.t.Helper()
	_ = p.cmd.Process.Kill()
	p.wait()
}

func (p *process) wait() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(60 * time.Second):
		p.t.Fatal("sluice does not end")
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func tail(s string, lines int) string {
	all := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
