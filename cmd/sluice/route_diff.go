package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/report"
)

// diff prints the events that two configurations treat differently.
type diff struct {
	*forecast.Diff
	printer diffPrinter
}

type diffPrinter interface {
	Print(r *kgo.Record, before, after *forecast.Forecast, changes []forecast.Change) error
	End(events, differ int, moves []*forecast.Move) error
}

func newDiff(cfg *config.Config, o *routeOptions, out *bufio.Writer) (*diff, error) {
	other, err := config.Load(o.diff, os.Environ())
	if err != nil {
		return nil, err
	}
	before, err := forecast.New(cfg, o.live.timeout, nil)
	if err != nil {
		return nil, err
	}
	after, err := forecast.New(other, o.live.timeout, nil)
	if err != nil {
		before.Close()
		return nil, err
	}
	d := &diff{Diff: forecast.NewDiff(before, after), printer: &report.DiffText{Out: out, Names: [2]string{o.config, o.diff}}}
	if o.json {
		d.printer = &report.DiffJSON{Out: out}
	}
	return d, nil
}

func (d *diff) examine(r *kgo.Record, origin offsets.Origin) error {
	before, after, changes, err := d.Compare(r, origin)
	if err != nil || len(changes) == 0 {
		return err
	}
	return d.printer.Print(r, &before, &after, changes)
}

var errDiffer = errors.New("events go elsewhere")

func (d *diff) end() error {
	events, differ := d.Counts()
	if err := d.printer.End(events, differ, d.Moves()); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if differ > 0 {
		return silent{errDiffer}
	}
	return nil
}
