package event

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// MaxLine is the longest event: larger than any record that a broker takes by default.
const MaxLine = 32 << 20

// Input is one event as it was given, and where.
type Input struct {
	At   string // "line 3", "events.ndjson:3", "event 1"
	text []byte // valid until the next one
	err  error  // of this event alone
}

// Arguments are events given on the command line.
func Arguments(args []string) iter.Seq2[Input, error] {
	return func(yield func(Input, error) bool) {
		for i, a := range args {
			if !yield(Input{At: fmt.Sprintf("event %d", i+1), text: []byte(a)}, nil) {
				return
			}
		}
	}
}

// Lines are the lines of a file, without blank ones. Before a read that may wait for more,
// idle is called. An error of the reader ends it.
func Lines(r io.Reader, name string, idle func() error) iter.Seq2[Input, error] {
	return func(yield func(Input, error) bool) {
		lines := &lineReader{r: bufio.NewReaderSize(r, 256<<10), idle: idle}
		for n := 1; ; n++ {
			text, err := lines.next()
			if n == 1 {
				text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // a byte order mark is not part of the event
			}
			long := errors.Is(err, errLongLine)
			if err != nil && !long {
				if !errors.Is(err, io.EOF) {
					yield(Input{}, err)
				}
				return
			}
			in := Input{At: fmt.Sprintf("line %d", n), text: text}
			if name != "" {
				in.At = fmt.Sprintf("%s:%d", name, n)
			}
			if long {
				in.err = err
			}
			if (long || len(bytes.TrimSpace(text)) > 0) && !yield(in, nil) {
				return
			}
		}
	}
}

var errLongLine = fmt.Errorf("the line is longer than %d MiB; no record can be that large", MaxLine>>20)

// lineReader reads lines of any length up to MaxLine, and goes on after a longer one.
type lineReader struct {
	r    *bufio.Reader
	idle func() error
	long []byte
}

// next returns the next line without its end.
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	tooLong := false
	for {
		if l.r.Buffered() == 0 {
			if err := l.idle(); err != nil {
				return nil, err
			}
		}
		part, err := l.r.ReadSlice('\n')
		switch {
		case err == nil && len(l.long) == 0 && !tooLong:
			return trimEnd(part), nil
		case tooLong || len(l.long)+len(part) > MaxLine+2: // with a line end
			tooLong, l.long = true, l.long[:0]
		default:
			l.long = append(l.long, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case tooLong:
			return nil, errLongLine
		case err != nil && len(l.long) == 0:
			return nil, err
		}
		return trimEnd(l.long), nil
	}
}

func trimEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}
