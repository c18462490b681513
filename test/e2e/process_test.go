package e2e

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	sluice "github.com/sluice-bridge/sluice/test/process"
)

// binary is the real one, built once with the race detector where the test has it.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sluice-e2e")
	if err != nil {
		panic(err)
	}
	if binary, err = sluice.Build(dir, raceEnabled); err != nil {
		fmt.Fprintln(os.Stderr, err)
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

// process is a running sluice that a test watches over.
type process struct {
	*sluice.Process
	t *testing.T
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
	run, err := sluice.Launch(binary, t.TempDir(), command, config, args, env...)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{run, t}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("sluice printed:\n%s", p.Log.Tail(60))
		}
		if p.Raced() {
			t.Errorf("a data race:\n%s", p.Log)
		}
	})
	return p
}

// write replaces the configuration file.
func (p *process) write(config string) {
	p.t.Helper()
	if err := p.Write(config); err != nil {
		p.t.Fatal(err)
	}
}

// reload replaces the configuration file and waits until that is taken.
func (p *process) reload(config string) {
	p.t.Helper()
	const taken = `sluice_config_reloads_total{result="success"}`
	before := p.metric(taken)
	p.write(config)
	p.await("the reload", func() bool { now := p.metric(taken); return now != "" && now != before })
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
		case <-p.Done():
			if cond() {
				return
			}
			p.t.Fatalf("waiting for %s: sluice ended: %v\n%s", what, p.Err(), p.Log.Tail(40))
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			_, body := p.get("/readyz")
			p.t.Fatalf("waiting for %s took too long; readiness: %s", what, body)
		}
	}
}

func (p *process) get(path string) (int, string) { return p.Get(path) }

// metric returns the value of one series as it is printed, or "".
func (p *process) metric(series string) string { return p.Metric(series) }

// stop ends it in good order and checks that it says so.
func (p *process) stop() {
	p.t.Helper()
	if err := p.Stop(time.Minute); err != nil {
		p.t.Fatalf("%v\n%s", err, p.Log.Tail(40))
	}
}

// terminate sends SIGTERM.
func (p *process) terminate() { p.Signal(syscall.SIGTERM) }

// exitCode waits for its end.
func (p *process) exitCode() int {
	p.t.Helper()
	if !p.Ended(time.Minute) {
		p.t.Fatal("sluice does not end")
	}
	return p.ExitCode()
}

// kill ends it with SIGKILL.
func (p *process) kill() { p.Kill() }

func freeAddress(t *testing.T) string {
	t.Helper()
	addr, err := sluice.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func tail(s string, lines int) string {
	all := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
