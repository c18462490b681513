package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

var header = []string{"scenario", "contestant", "messages/s", "CPU µs/message", "peak RSS MB", "requests/message", "missing", "duplicated", "CPU × raw", "messages/s × raw"}

// rows is the table, one row a scenario and contestant.
func (all results) rows() [][]string {
	var rows [][]string
	for _, r := range all {
		if len(r.Samples) == 0 {
			rows = append(rows, []string{r.Title, r.Contestant, "no result", "", "", "", "", "", "", ""})
			continue
		}
		floor := all.find(r.Scenario, floorName)
		rows = append(rows, []string{
			r.Title, r.Contestant,
			r.spread(rate).format("%.0f"), r.spread(cpu).format("%.1f"), r.spread(rss).format("%.0f"), r.spread(requests).format("%.4f"),
			r.spread(missing).format("%.0f"), r.spread(duplicated).format("%.0f"),
			ratio(r, floor, cpu).format("%.2f"), ratio(r, floor, rate).format("%.2f"),
		})
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
