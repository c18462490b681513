package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The columns are in two tables, each of which a terminal shows without breaking lines.
var (
	workHeader = []string{"scenario", "contestant", "messages/s", "CPU µs/message", "CPU × raw", "rate × raw"}
	costHeader = []string{"scenario", "contestant", "peak RSS MB", "requests/message", "missing", "duplicated"}
)

func workColumns(r, floor *result) []string {
	return []string{r.spread(rate).format(threeDigits), r.spread(cpu).format(threeDigits),
		ratio(r, floor, cpu).format(threeDigits), ratio(r, floor, rate).format(threeDigits)}
}

func costColumns(r, _ *result) []string {
	return []string{r.spread(rss).format("%.0f"), r.spread(requests).format("%.4f"),
		r.spread(missing).format("%.0f"), r.spread(duplicated).format("%.0f")}
}

// rows is a table with the columns given, one row a scenario and contestant.
func (all results) rows(columns func(r, floor *result) []string) [][]string {
	var rows [][]string
	for _, r := range all {
		cells := []string{"no result", "", "", ""}
		if len(r.Samples) > 0 {
			cells = columns(r, all.find(r.Scenario, floorName))
		}
		rows = append(rows, append([]string{r.Title, r.Contestant}, cells...))
	}
	return rows
}

// writeTable writes a Markdown table with aligned columns.
func writeTable(w io.Writer, header []string, rows [][]string) {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	line := func(row []string, fill string) {
		for i, cell := range row {
			fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(fill, widths[i]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, "|")
	}
	line(header, " ")
	line(make([]string, len(header)), "-")
	for _, row := range rows {
		line(row, " ")
	}
}
