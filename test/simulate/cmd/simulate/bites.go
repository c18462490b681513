package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sluice-bridge/sluice/test/simulate/drive"
)

// bite takes the patches of a folder back one by one, all or the one that is named, and tells what
// scenarios find of each.
func (o *options) bite(ctx context.Context, c *drive.Child) error {
	patches, err := drive.Patches(o.bites)
	if err != nil {
		return err
	}
	var all []*drive.Bite
	for _, p := range patches {
		if o.only != "" && p.Name != o.only {
			continue
		}
		runs := o.runs
		if p.Beyond != "" && o.only == "" {
			runs = 0
		}
		b, err := p.Bite(ctx, c, ".", o.seed, runs)
		if err != nil {
			return err
		}
		all = append(all, b)
		fmt.Println(b.Line())
		if b.Scenario == nil {
			continue
		}
		fmt.Println(indented(drive.Story(b.Scenario, b.Result, b.Check)))
		if o.keep != "" {
			if err := keep(filepath.Join(o.keep, p.Name+".json"), b.Scenario); err != nil {
				return err
			}
		}
	}
	fmt.Print("\n", drive.BiteTable(all))
	if o.record != "" && o.only == "" {
		return drive.RecordBites(o.record, all)
	}
	return nil
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}
