package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// bench is one invocation.
type bench struct {
	root   string // of the repository
	dir    string // for what a run leaves; removed at the end
	cache  string // for programs that are built, and for results
	broker string
	admin  string // of the bridge that was started last

	topics   map[data]string
	made     []string // topics
	runs     int
	deadline time.Time // when no further run begins

	// during and before, unless nil, are called when the measured part of a run begins, and before
	// the contestant is stopped.
	during func()
	before func() error
}

// topic returns a topic with the data, filled.
func (b *bench) topic(ctx context.Context, d data) (string, error) {
	if name := b.topics[d]; name != "" {
		return name, nil
	}
	name, err := b.newTopic(ctx, d)
	if err == nil {
		b.topics[d] = name
	}
	return name, err
}

// newTopic returns a topic that nobody else uses.
func (b *bench) newTopic(ctx context.Context, d data) (string, error) {
	name := fmt.Sprintf("bench-%d-%d", os.Getpid(), len(b.made))
	b.made = append(b.made, name)
	progress("filling a topic: %d records of %d B, %d partitions, compression %s", d.records, d.bytes, d.partitions, d.compression)
	return name, fill(ctx, b.broker, name, d)
}

func (b *bench) deleteTopics(ctx context.Context) error {
	cl, err := kgo.NewClient(kgo.SeedBrokers(b.broker))
	if err != nil {
		return err
	}
	defer cl.Close()
	_, err = kadm.NewClient(cl).DeleteTopics(ctx, b.made...)
	return err
}

// group is the consumer group of the latest run.
func (b *bench) group() string { return fmt.Sprintf("bench-%d-%d", os.Getpid(), b.runs) }

// buildLimit bounds how long it takes to fetch and build a contestant.
const buildLimit = 10 * time.Minute

// errTimeUp ends the rounds of a bench that has run long enough.
var errTimeUp = errors.New("time was up")

// prepare builds the contestants that the scenarios name, and those of the low end. One that cannot
// be built is left out, with the reason.
func (b *bench) prepare(ctx context.Context, scenarios []scenario, low []string) (ready map[string]*contestant, skipped map[string]error) {
	ready, skipped = map[string]*contestant{}, map[string]error{}
	for _, c := range contestants {
		takesPart := slices.ContainsFunc(scenarios, func(s scenario) bool { return slices.Contains(s.contestants, c.name) })
		if !takesPart && !slices.Contains(low, c.name) {
			continue
		}
		progress("building %s", c.name)
		building, done := context.WithTimeout(ctx, buildLimit)
		err := c.prepare(building, b)
		done()
		if err != nil {
			skipped[c.name] = err
			progress("%s is left out: %v", c.name, err)
			continue
		}
		ready[c.name] = c
	}
	return ready, skipped
}

// lineUp returns an empty result for each contestant of each scenario.
func lineUp(scenarios []scenario, ready map[string]*contestant) results {
	var all results
	for _, s := range scenarios {
		for _, name := range s.contestants {
			if ready[name] != nil {
				all = append(all, &result{Scenario: s.name, Part: s.part, Title: s.title, Axis: s.axis, At: s.at, Contestant: name})
			}
		}
	}
	return all
}

// round runs every contestant of every scenario once, one after the other, until time is up. What
// else the machine does in a round hits all alike. The error tells why the round is not complete.
func (b *bench) round(ctx context.Context, n int, scenarios []scenario, ready map[string]*contestant, all results) error {
	for _, s := range scenarios {
		for _, r := range all {
			if r.Scenario != s.name {
				continue
			}
			if time.Now().After(b.deadline) {
				return errTimeUp
			}
			began := time.Now()
			one, err := b.run(ctx, s, ready[r.Contestant])
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				r.Problem = strings.TrimSpace(err.Error())
				progress("%s, %s: %s", s.title, r.Contestant, r.Problem)
				continue
			}
			one.Round = n
			r.Samples = append(r.Samples, one)
			progress("%s, %s: %.0f/s, %.1f µs, %.0f MB (%.0f s)", s.title, r.Contestant, one.Rate, one.CPU, one.RSS, time.Since(began).Seconds())
		}
	}
	return nil
}

// progress tells what is going on, on standard error.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func lastPart(s string, separator byte) string { return s[strings.LastIndexByte(s, separator)+1:] }
