// Package excerpt shortens texts that quote: a value, or a failure that names all of one.
package excerpt

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longest is about how much of a value a reader needs to find it, in bytes.
	longest = 100
	// Limit is how many bytes of a failure are kept, the mark of what is missing left out.
	Limit = 1 << 10
)

// Of returns the beginning of a value, and "…" where that is not all.
func Of(text string) string { return cut(text, longest) }

// Setting is Of for a value of a configuration: where it may be a URL, the user and the password in it are
// left out.
func Setting(text string) string { return Of(credentials.ReplaceAllString(text, "$1***@")) }

// credentials are what is before the host, in a URL or in user:password@host. They go up to the last @:
// a password that was not escaped may hold any character.
var credentials = regexp.MustCompile(`(?s)(//).*@|^[^\s"'/@]+:/?[^\s/]\S*@`)

// Failure returns the text of a failure, or the first Limit bytes of a longer one and "…".
func Failure(text string) string { return cut(text, Limit) }

// Cause takes the operation and the file's name off an error of the file system, for a sentence that names the file
// already.
func Cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// Args shortens the texts among the arguments of a format, as Setting does.
func Args(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = Setting(text)
		}
	}
	return args
}

// Verbatim is a text of our own, which [Args] does not shorten.
type Verbatim string

// Listing writes names as a sentence does: a, b and c.
func Listing(names []string, word string) Verbatim {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return Verbatim(names[0])
	}
	last := len(names) - 1
	return Verbatim(strings.Join(names[:last], ", ") + " " + word + " " + names[last])
}

// Line returns a text that may come from anybody as one line that does nothing to a terminal: as it is,
// or in quotes where it holds what is not to be printed.
func Line(text string) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// List joins texts, the first few of them where they are many.
func List(texts []string) string {
	const most = 5
	if more := len(texts) - most; more > 0 {
		texts = append(texts[:most:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}

// cut cuts no character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > most-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
