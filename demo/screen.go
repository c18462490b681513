package demo

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen redraws lines in place. Between two frames the cursor stands beneath the lines and
// is visible, so there is nothing to restore however the program ends.
type screen struct {
	out   io.Writer
	size  func() (width, height int)
	color bool
	drawn []int // widths of the lines on the screen
}

// minWidth is the narrowest terminal on which the table can be read.
const minWidth = 60

// newScreen returns nil where the output is no terminal.
func newScreen(out io.Writer) *screen {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &screen{out: f, color: os.Getenv("NO_COLOR") == "", size: func() (int, int) {
		w, h, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 80, 24
		}
		return w, h
	}}
}

// wide says whether the table fits now.
func (s *screen) wide() bool {
	w, h := s.size()
	return w >= minWidth && h >= 8
}

// draw puts lines in the place of those before. It is one write, of whole lines that are erased
// only to their right: so nothing flickers.
func (s *screen) draw(lines []line) {
	width, height := s.size()
	if len(lines) > height-1 {
		lines = lines[:height-1]
	}
	var b strings.Builder
	b.WriteString("\x1b[?2026h\r") // terminals that know it show the frame as a whole
	if up := s.rows(width); up > 0 {
		b.WriteString("\x1b[" + strconv.Itoa(min(up, height-1)) + "A")
	}
	s.drawn = s.drawn[:0]
	for _, l := range lines {
		text := cut(l.text, width-1)
		s.drawn = append(s.drawn, utf8.RuneCountInString(text))
		if s.color && l.style != "" {
			text = l.style + text + "\x1b[0m"
		}
		b.WriteString(text + "\x1b[K\n")
	}
	b.WriteString("\x1b[J\x1b[?2026l")
	_, _ = io.WriteString(s.out, b.String())
}

// rows is how many rows the last frame takes, after the terminal may have become narrower.
func (s *screen) rows(width int) int {
	n := 0
	for _, w := range s.drawn {
		n += max(1, (w+width-1)/max(width, 1))
	}
	return n
}

// leave lets the last frame stand: what follows comes beneath it.
func (s *screen) leave() { s.drawn = s.drawn[:0] }
