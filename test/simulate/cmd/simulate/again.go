package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/sluice-bridge/sluice/test/simulate"
	"github.com/sluice-bridge/sluice/test/simulate/drive"
)

// again runs the scenario of a file and tells all of it.
func again(ctx context.Context, c *drive.Child, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	sc, err := simulate.Read(text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	r, logs, err := c.Logged(ctx, sc)
	if err != nil {
		return err
	}
	fmt.Print(logs, "\n", drive.Story(sc, r, ""))
	if len(r.Violations) > 0 {
		return errors.New("the scenario failed")
	}
	return nil
}
