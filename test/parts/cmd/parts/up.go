package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-bridge/sluice/test/parts"
)

func upDir() (string, error) {
	cache, err := parts.Cache()
	return filepath.Join(cache, "run", "up"), err
}

// up leaves the servers running, with one file NAME.pid for each and a file env.
func up(only string) error {
	dir, err := upDir()
	if err != nil {
		return err
	}
	if err := down(); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	started, err := startSet(context.Background(), only, dir, parts.Detached())
	if err != nil {
		return errors.Join(err, started.stop())
	}
	for i, server := range started.servers {
		if server == nil {
			continue
		}
		mark := pidMark{pid: server.PID()}
		mark.born, err = born(mark.pid)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, known[i].name+".pid"), []byte(mark.String()), 0o644)
		}
		if err != nil {
			return errors.Join(err, started.stop())
		}
	}
	env := strings.Join(started.env(), "\n") + "\n"
	file := filepath.Join(dir, "env")
	if err := os.WriteFile(file, []byte(env), 0o644); err != nil {
		return errors.Join(err, started.stop())
	}
	fmt.Printf("%sfor a shell: set -a; . %s; set +a\n", env, file)
	return nil
}

// down stops what up started, by process id, and nothing else.
func down() error {
	dir, err := upDir()
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pid"))
	if err != nil {
		return err
	}
	var group errgroup.Group
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		mark, err := parseMark(string(text))
		if err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
		group.Go(func() error { return mark.stop(20 * time.Second) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// pidMark is a process id with the time its process was started: after a reboot or a
// crash the same id may be somebody else's.
type pidMark struct {
	pid  int
	born string
}

func (m pidMark) String() string { return fmt.Sprintf("%d\n%s\n", m.pid, m.born) }

func parseMark(text string) (pidMark, error) {
	pid, born, _ := strings.Cut(strings.TrimSpace(text), "\n")
	n, err := strconv.Atoi(pid)
	if err != nil || n <= 1 || born == "" {
		return pidMark{}, errors.New("this is not a process id and its start")
	}
	return pidMark{n, born}, nil
}

// born is when a process was started, in whatever unit the system counts. It is an
// error when there is no such process, or when only its exit status is left.
func born(pid int) (string, error) {
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		// The name in parentheses may hold anything, so fields are counted behind it.
		_, rest, _ := strings.Cut(string(stat[bytes.LastIndexByte(stat, ')'):]), " ")
		fields := strings.Fields(rest)
		if len(fields) < 20 || fields[0] == "Z" {
			return "", fmt.Errorf("finding process %d: it has ended", pid)
		}
		return fields[19], nil
	}
	cmd := exec.Command("ps", "-o", "lstart=", "-p", strconv.Itoa(pid))
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("finding process %d: %w", pid, err)
	}
	return strings.TrimSpace(string(out)), nil
}

func (m pidMark) alive() bool {
	b, err := born(m.pid)
	return err == nil && b == m.born
}

func (m pidMark) stop(grace time.Duration) error {
	if !m.alive() {
		return nil
	}
	if err := syscall.Kill(m.pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping process %d: %w", m.pid, err)
	}
	for deadline := time.Now().Add(grace); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if !m.alive() {
			return nil
		}
	}
	return syscall.Kill(m.pid, syscall.SIGKILL)
}
