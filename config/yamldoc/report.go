package yamldoc

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

// Environment stands for a file name in problems with environment variables.
const Environment = "environment"

// Location is where a value was written.
type Location struct {
	// Line and Column count from one; both are zero where the value is not in the file.
	Line, Column int
	// Quoted says that the value stands in quotes, or in a block.
	Quoted bool
	// block is the text of several lines that stands there, if it does so by | or >.
	block *yaml.Node
	// variable is the environment variable that set the value, or empty.
	variable string
	// base is the path that the variable set, which the location lies in.
	base string
}

// InFile reports whether the value is one of the file, and not of an environment variable.
func (l Location) InFile() bool { return l.variable == "" }

// Report collects problems while a file is read, decoded and checked, and knows where each value was written.
type Report struct {
	// File is the name of the file.
	File     string
	Problems Problems
	Warnings Problems
	// Secrets are the paths of secrets. No problem shows what is below them.
	Secrets []string

	locations map[string]Location
	// unread are paths that could not be read; what is said about them later would only echo that.
	unread map[string]bool
	// source is the file, by line.
	source []string
}

// NewReport returns an empty report on a file.
func NewReport(file string) *Report {
	return &Report{File: file, locations: map[string]Location{}, unread: map[string]bool{}}
}

// Addf reports a problem at a path, unless that path, or one it lies in, could not be read.
func (r *Report) Addf(path, format string, args ...any) {
	r.AddAt(r.Location(path), path, fmt.Sprintf(format, excerpt.Args(args)...))
}

// AddAt is Addf for what stands elsewhere than its path begins.
func (r *Report) AddAt(at Location, path, message string) {
	if !r.IsUnread(path) {
		r.Problems = append(r.Problems, r.problemAt(at, path, message))
	}
}

// Unreadf reports a problem and silences what would be said about the path later.
func (r *Report) Unreadf(path, format string, args ...any) {
	r.Addf(path, format, args...)
	r.Silence(path)
}

// Silence leaves out what would be said about a path later.
func (r *Report) Silence(path string) { r.unread[path] = true }

// Warnf reports something that is allowed and probably not meant.
func (r *Report) Warnf(path, format string, args ...any) {
	if !r.IsUnread(path) {
		r.Warnings = append(r.Warnings, r.Problem(path, fmt.Sprintf(format, excerpt.Args(args)...)))
	}
}

// Problem returns what is wrong at a path, with the place where that was written.
func (r *Report) Problem(path, message string) Problem {
	return r.problemAt(r.Location(path), path, message)
}

func (r *Report) problemAt(at Location, path, message string) Problem {
	path = r.outsideSecrets(path)
	if at.variable != "" {
		return Problem{File: Environment, Path: shown(at.variable + strings.TrimPrefix(path, at.base)), Message: message}
	}
	return Problem{File: r.File, Line: at.Line, Column: at.Column, Path: shown(path), Message: message}
}

// outsideSecrets returns a path, cut where it goes into what stands at the place of a secret. Without the
// space behind its colon, a secret in braces is part of its key.
func (r *Report) outsideSecrets(path string) string {
	for _, secret := range r.Secrets {
		if rest, ok := strings.CutPrefix(path, secret); ok && (rest == "" || !inName(rest[0])) {
			return secret
		}
	}
	return path
}

func inName(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
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

// Location returns where a path was written, or else the nearest thing around it.
func (r *Report) Location(path string) Location {
	for {
		if at, ok := r.locations[path]; ok {
			return at
		}
		if path == "" {
			return Location{}
		}
		path = parent(path)
	}
}

// Has reports whether the file or the environment says anything about the path.
func (r *Report) Has(path string) bool {
	_, ok := r.locations[path]
	return ok
}

// Written returns the paths that are taken, in the order in which they were written.
func (r *Report) Written(take func(path string) bool) []string {
	var paths []string
	for path := range r.locations {
		if take(path) {
			paths = append(paths, path)
		}
	}
	slices.SortFunc(paths, func(x, y string) int {
		a, b := r.locations[x], r.locations[y]
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(x, y))
	})
	return paths
}

// IsUnread reports whether the path, or one it lies in, could not be read.
func (r *Report) IsUnread(path string) bool {
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

// UnreadWithin reports whether the path, one it lies in, or one in it could not be read.
func (r *Report) UnreadWithin(path string) bool {
	for p := range r.unread {
		if within(p, path) {
			return true
		}
	}
	return r.IsUnread(path)
}

// SetBy says that a variable of the environment set a path, and forgets what was written there and below.
func (r *Report) SetBy(variable, path string) {
	r.Forget(path)
	r.locations[path] = Location{variable: variable, base: path}
}

// Forget drops what is known of a path and all within it, because another layer replaced it.
func (r *Report) Forget(path string) {
	for p := range r.locations {
		if within(p, path) {
			delete(r.locations, p)
		}
	}
}

// Join takes over what another report tells of the document that a variable set a path to.
func (r *Report) Join(inner *Report, variable, path string) {
	r.locations[path] = Location{variable: variable, base: path}
	for p, at := range inner.locations {
		if p != "" {
			r.locations[p] = Location{variable: variable, base: path, Quoted: at.Quoted}
		}
	}
	for _, p := range inner.Problems {
		r.AddAt(r.Location(path), path, p.Message)
	}
	for p := range inner.unread {
		r.Silence(cmp.Or(p, path))
	}
}
