// Command plot draws how the bridge grows, one SVG for each part of the bench that grows
// something, from the results that the bench keeps:
//
//	plot results.json FOLDER
//
// It is a module of its own, so that what it draws with is no dependency of the bridge.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// sample is one run of a contestant; the bench writes more than is read here.
type sample struct {
	Rate float64 `json:"rate"` // messages a second
	CPU  float64 `json:"cpu"`  // µs a message
}

// point is what a contestant gave at one place of an axis.
type point struct {
	Axis       string   `json:"axis"` // such as "partitions"; empty where nothing grows
	At         float64  `json:"at"`
	Contestant string   `json:"contestant"`
	Samples    []sample `json:"samples"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("name the file with the results and the folder for the plots")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var results struct {
		Results []point `json:"results"`
	}
	if err := json.Unmarshal(text, &results); err != nil {
		return fmt.Errorf("reading %s: %w", args[0], err)
	}
	axes := map[string][]point{}
	for _, p := range results.Results {
		if p.Axis != "" && len(p.Samples) > 0 {
			axes[p.Axis] = append(axes[p.Axis], p)
		}
	}
	for axis, points := range axes {
		if err := draw(axis, points, filepath.Join(args[1], strings.ReplaceAll(axis, " ", "-")+".svg")); err != nil {
			return fmt.Errorf("drawing %s: %w", axis, err)
		}
	}
	return nil
}
