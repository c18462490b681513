package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// environmentFile stands for a file name in problems with environment variables.
const environmentFile = "environment"

// place is where a value was written.
type place struct {
	line, column int
	quoted       bool
	// block is the text of several lines that stands there, if it does so by | or >.
	block *yaml.Node
	// variable is the environment variable that set the value, or empty.
	variable string
	// base is the path that the variable set, which the place lies in.
	base string
}

// report collects problems while a configuration is read, decoded and checked, and knows where
// each value was written.
type report struct {
	file   string
	places map[string]place
	// unread are paths that could not be read; what is said about them later would only echo that.
	unread map[string]bool
	// blamed are the paths that have a problem.
	blamed   map[string]bool
	problems Problems
	warnings Problems
	// written are the paths of secrets that are written in the file itself, URLs with credentials among them.
	written []string
	// source is the file, by line.
	source []string
}

func newReport(file string) *report {
	return &report{file: file, places: map[string]place{}, unread: map[string]bool{}, blamed: map[string]bool{}}
}

// addf reports a problem at a path, unless that path, or one it lies in, could not be read.
func (r *report) addf(path, format string, args ...any) {
	r.addAt(r.place(path), path, fmt.Sprintf(format, excerpt.Args(args)...))
}

// addAt is addf for what stands elsewhere than its path begins.
func (r *report) addAt(at place, path, message string) {
	if r.isUnread(path) {
		return
	}
	r.blamed[path] = true
	r.problems = append(r.problems, r.problemAt(at, path, message))
}

// unreadf reports a problem and silences what would be said about the path later.
func (r *report) unreadf(path, format string, args ...any) {
	r.addf(path, format, args...)
	r.unread[path] = true
}

// warnf reports something that is allowed and probably not meant.
func (r *report) warnf(path, format string, args ...any) {
	if r.isUnread(path) {
		return
	}
	r.warnings = append(r.warnings, r.problem(path, fmt.Sprintf(format, excerpt.Args(args)...)))
}

func (r *report) problem(path, message string) Problem {
	return r.problemAt(r.place(path), path, message)
}

func (r *report) problemAt(at place, path, message string) Problem {
	path = outsideSecrets(path)
	if at.variable != "" {
		return Problem{File: environmentFile, Path: shown(at.variable + strings.TrimPrefix(path, at.base)), Message: message}
	}
	return Problem{File: r.file, Line: at.line, Column: at.column, Path: shown(path), Message: message}
}

// shown is a path as one line: its keys are as they stand in the file, whatever that holds.
func shown(path string) string {
	const longest = 400 // room for the names of a destination and an attribute
	if len(path) > longest {
		path = strings.ToValidUTF8(path[:longest], "") + "…"
	}
	if !strings.ContainsFunc(path, unicode.IsControl) {
		return path
	}
	return strings.Trim(strconv.Quote(path), `"`)
}

// place returns where a path was written, or else the nearest thing around it.
func (r *report) place(path string) place {
	for {
		if at, ok := r.places[path]; ok {
			return at
		}
		if path == "" {
			return place{}
		}
		path = parent(path)
	}
}

// has reports whether the file or the environment says anything about the path.
func (r *report) has(path string) bool {
	_, ok := r.places[path]
	return ok
}

// blames reports whether there is a problem at the path already.
func (r *report) blames(path string) bool { return r.blamed[path] }

// unreadWithin reports whether the path, one it lies in, or one in it could not be read.
func (r *report) unreadWithin(path string) bool {
	for p := range r.unread {
		if within(p, path) {
			return true
		}
	}
	return r.isUnread(path)
}

// within reports whether a path is another one or lies in it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func (r *report) isUnread(path string) bool {
	if len(r.unread) == 0 {
		return false
	}
	for ; path != ""; path = parent(path) {
		if r.unread[path] {
			return true
		}
	}
	return r.unread[""]
}

// forget drops what is known of a path and all within it, because another layer replaced it.
func (r *report) forget(path string) {
	for p := range r.places {
		if within(p, path) {
			delete(r.places, p)
		}
	}
}

// parent cuts the last step off a path. Keys may hold dots themselves, in which case the first
// cuts name nothing and are cut again by the caller.
func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}

// patternOrders returns, by the path of each rule, the places of its patterns' fields within it, in
// the order in which they stand in the file.
func (r *report) patternOrders() map[string][]string {
	orders := map[string][]string{}
	for p := range r.places {
		rule, below, _ := strings.Cut(p, ".")
		if strings.HasPrefix(rule, "rules[") && (strings.HasPrefix(below, "match.") || strings.HasPrefix(below, "headers.")) {
			orders[rule] = append(orders[rule], below)
		}
	}
	for rule, places := range orders {
		slices.SortFunc(places, func(x, y string) int {
			a, b := r.places[rule+"."+x], r.places[rule+"."+y]
			return cmp.Or(a.line-b.line, a.column-b.column, strings.Compare(x, y))
		})
	}
	return orders
}
