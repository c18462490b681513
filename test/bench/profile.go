package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// profileSpan is how long the processor is watched, and profileTimes how many times as many records
// as otherwise there are for it.
const (
	profileSpan  = 5 * time.Second
	profileTimes = 3
)

// profileTop is how many functions are printed.
const profileTop = 25

// profile runs the bridge once more in a scenario, takes its CPU and heap profiles from the admin
// listener while it is at work, and prints their top. The files stay in the cache.
func (b *bench) profile(ctx context.Context, s scenario, c *contestant) error {
	dir := filepath.Join(b.cache, "profiles")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	s.instances, s.data.records = 1, s.data.records*profileTimes
	taken := make(chan error, 1)
	cpu, heap := filepath.Join(dir, s.name+".cpu.pprof"), filepath.Join(dir, s.name+".heap.pprof")
	b.during = func() {
		go func() { // ends with the profile
			err := b.fetch(ctx, fmt.Sprintf("profile?seconds=%.0f", profileSpan.Seconds()), cpu)
			taken <- errors.Join(err, b.fetch(ctx, "heap", heap))
		}()
	}
	b.before = func() error { return <-taken }
	defer func() { b.during, b.before = nil, nil }()
	if _, err := b.run(ctx, s, c); err != nil {
		return fmt.Errorf("profiling %s: %w", s.title, err)
	}
	binary := filepath.Join(b.cache, "sluice")
	for _, view := range []struct{ title, file, sort string }{
		{"CPU, by what a function itself uses", cpu, "-flat"},
		{"CPU, with what it calls", cpu, "-cum"},
		{"heap in use", heap, "-sample_index=inuse_space"},
		{"allocated since the start", heap, "-sample_index=alloc_space"},
	} {
		out, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", fmt.Sprintf("-nodecount=%d", profileTop), view.sort, binary, view.file).Output()
		if err != nil {
			return fmt.Errorf("reading %s: %w", view.file, err)
		}
		fmt.Printf("\n%s: %s\n\n%s", s.title, view.title, out)
	}
	return nil
}

// fetch keeps a profile of the bridge that was started last.
func (b *bench) fetch(ctx context.Context, what, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.admin+"/debug/pprof/"+what, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("taking a profile: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("taking a profile: %s", res.Status)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, res.Body); err != nil {
		return err
	}
	return f.Close()
}
