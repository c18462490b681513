package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// crashAt is when a contestant is killed, in per cent of the records.
const crashAt = 50

// crash kills the bridge at full rate, as a crash would, and starts it again in the same group: what
// arrives twice is what it had not committed.
func (b *bench) crash(ctx context.Context, e *endpoint, j job, c *contestant, out *sample) (err error) {
	p, err := b.start(j, c, 0)
	if err != nil {
		return err
	}
	all := team{p}
	defer func() { err = errors.Join(err, all.stop()) }()
	if err := e.await(ctx, 0, all); err != nil {
		return err
	}
	before, err := e.look(all)
	if err != nil {
		return err
	}
	if err := e.await(ctx, 1, all); err != nil {
		return err
	}
	after, err := e.look(all)
	if err != nil {
		return err
	}
	out.measured(before, after)
	if err := out.peak(all); err != nil {
		return err
	}
	if out.Commit, err = b.commitTime(ctx); err != nil {
		return err
	}
	p.kill()
	all = nil
	if p, err = b.start(j, c, 1); err != nil {
		return err
	}
	all = team{p}
	return e.await(ctx, 2, all)
}

// commitTime is how long the bridge's commits took, in ms on average.
func (b *bench) commitTime(ctx context.Context) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.admin+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var sum, count float64
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "} ")
		switch {
		case strings.HasPrefix(name, "sluice_commit_seconds_sum{"):
			sum, err = strconv.ParseFloat(value, 64)
		case strings.HasPrefix(name, "sluice_commit_seconds_count{"):
			count, err = strconv.ParseFloat(value, 64)
		}
		if err != nil {
			return 0, err
		}
	}
	if count == 0 {
		return 0, fmt.Errorf("nothing was committed before the crash")
	}
	return 1e3 * sum / count, nil
}
