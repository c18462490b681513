package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/test/page"
)

// report is what an invocation gave.
type report struct {
	flags   flags
	skipped map[string]error
	results results
	low     []*figure
	// cut is why it is not all that was asked for, lowProblem why the low end is not complete.
	cut, lowProblem error
}

// plots is where docs/PERFORMANCE.md has them.
const plots = "performance"

// publish prints the report, draws the plots, and records both where that is asked for.
func (b *bench) publish(ctx context.Context, r *report) error {
	var text bytes.Buffer
	b.write(ctx, &text, r)
	fmt.Print(text.String())
	folder := filepath.Join(b.cache, "plots")
	if r.flags.record {
		folder = filepath.Join(b.root, "docs", plots)
	}
	if err := b.draw(ctx, r, folder); err != nil {
		progress("there are no plots: %v", err)
	} else {
		progress("the plots are in %s", folder)
	}
	if !r.flags.record {
		return nil
	}
	if errors.Is(r.cut, errInterrupted) {
		return errors.New("the results are not recorded, since the bench was interrupted")
	}
	return page.Record(filepath.Join(b.root, "docs", "PERFORMANCE.md"), "<!-- bench: begin -->\n", "<!-- bench: end -->\n", text.String())
}

// write writes the report as Markdown.
func (b *bench) write(ctx context.Context, w io.Writer, r *report) {
	fmt.Fprintf(w, "Measured on %s by `%s`.\n\n", time.Now().UTC().Format("2006-01-02"), r.command())
	if r.cut != nil {
		fmt.Fprintf(w, "Not complete: %v.\n\n", r.cut)
	}
	writeTable(w, []string{"what", "version"}, b.versions(ctx, r.results))
	fmt.Fprintf(w, "\n| contestant | what it is |\n| --- | --- |\n")
	for _, c := range contestants {
		if err, left := r.skipped[c.name]; left {
			fmt.Fprintf(w, "| %s | %s. **Not measured**: %s |\n", c.name, c.title, firstLine(err.Error()))
		} else if r.results.measured(c.name) {
			fmt.Fprintf(w, "| %s | %s |\n", c.name, c.title)
		}
	}
	for _, part := range []struct {
		title  string
		header []string
		rows   [][]string
	}{
		{"Bars", barHeader, barRows(r.results.bars(r.low))},
		{"Throughput and CPU", workHeader, r.results.rows(workColumns)},
		{"Memory, requests and deliveries", costHeader, r.results.rows(costColumns)},
		{"The low end", lowHeader, lowRows(r.low)},
	} {
		if len(part.rows) > 0 {
			fmt.Fprintf(w, "\n### %s\n\n", part.title)
			writeTable(w, part.header, part.rows)
		}
	}
	if problems := r.problems(); len(problems) > 0 {
		fmt.Fprintf(w, "\n### Problems\n\n- %s\n", strings.Join(problems, "\n- "))
	}
}

// problems are the runs that failed, of which the last says why.
func (r *report) problems() []string {
	var out []string
	for _, one := range r.results {
		if one.Problem != "" {
			out = append(out, fmt.Sprintf("%s, %s: %s", one.Title, one.Contestant, firstLine(one.Problem)))
		}
	}
	if r.lowProblem != nil {
		out = append(out, "the low end: "+firstLine(r.lowProblem.Error()))
	}
	return out
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return first
}

// command is how to run the same again.
func (r *report) command() string {
	out := "make bench"
	if r.flags.only != "" {
		out += " ONLY=" + r.flags.only
	}
	if r.flags.with != "" {
		out += " WITH=" + r.flags.with
	}
	if r.flags.before != "" {
		out += " BEFORE=" + r.flags.before
	}
	if r.flags.quick {
		out += " QUICK=1"
	}
	return out
}

// draw hands the results to the plotting program.
func (b *bench) draw(ctx context.Context, r *report, folder string) error {
	text, err := json.MarshalIndent(map[string]any{"results": r.results, "low": r.low}, "", " ")
	if err != nil {
		return err
	}
	file := filepath.Join(b.cache, "results.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "run", ".", file, folder)
	cmd.Dir = filepath.Join(b.root, "test", "bench", "plot")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("drawing: %w\n%s", err, out)
	}
	return nil
}
