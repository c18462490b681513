package parts

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFreeAddrsAreDistinctAndUsable(t *testing.T) {
	addrs, err := freeAddrs(20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, a := range addrs {
		if seen[a] {
			t.Errorf("%s was handed out twice", a)
		}
		seen[a] = true
		l, err := net.Listen("tcp", a)
		if err != nil {
			t.Errorf("%s is not free: %v", a, err)
			continue
		}
		_ = l.Close()
	}
}

func TestClusterIDNeverReadsAsAnOption(t *testing.T) {
	for range 2000 {
		if id := clusterID(); len(id) != 22 || id[0] == '-' {
			t.Fatalf("clusterID() = %q", id)
		}
	}
}

func TestMissingPartsSkipUnlessRequired(t *testing.T) {
	missing := fmt.Errorf("starting kafka: %w", ErrNotSetUp)
	for _, c := range []struct {
		err     error
		require string
		want    bool
	}{
		{missing, "", true},
		{missing, "0", true},
		{missing, "1", false},
		{errors.New("it ended at once"), "", false},
	} {
		if got := skippable(c.err, c.require); got != c.want {
			t.Errorf("skippable(%v, %q) = %v, want %v", c.err, c.require, got, c.want)
		}
	}
}

func TestAnEmptyCacheNamesTheRemedy(t *testing.T) {
	t.Setenv("SLUICE_TEST_CACHE", t.TempDir())
	for name, start := range map[string]starter{"kafka": StartKafka, "elasticmq": StartElasticMQ, "moto": StartMoto} {
		_, err := start(t.Context(), t.TempDir())
		if !errors.Is(err, ErrNotSetUp) || !strings.Contains(err.Error(), "make parts") {
			t.Errorf("%s: got %v, want ErrNotSetUp and how to set it up", name, err)
		}
	}
}

func TestAProcessThatIgnoresTheRequestIsKilled(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	p, err := spawn([]string{"sh", "-c", `trap "" TERM; echo up; while :; do sleep 0.1; done`}, log, false)
	if err != nil {
		t.Skip(err)
	}
	for range 200 {
		if text, _ := os.ReadFile(log); strings.Contains(string(text), "up") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := p.stop(200 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "killed after") {
		t.Errorf("stop() = %v, want word that it was killed", err)
	}
	if p.running() {
		t.Error("the process still runs")
	}
	if err := errors.Join(p.stop(time.Second), p.kill()); err != nil {
		t.Errorf("ending what has ended: %v", err)
	}
}

func TestAServerThatEndsAtOnceShowsItsLog(t *testing.T) {
	s := &Server{
		name: "broken", Addr: "127.0.0.1:1", Dir: t.TempDir(),
		argv:  []string{"sh", "-c", "echo the cause; exit 3"},
		ready: httpReady("/"),
	}
	err := s.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the cause") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("Start() = %v, want its exit status and its log", err)
	}
}
