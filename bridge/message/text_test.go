package message

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextThatAWSRefusesIsNotSendable(t *testing.T) {
	long := strings.Repeat("abcdefgh", 4)
	for _, c := range []struct {
		name, in string
		want     bool
	}{
		{"empty", "", true},
		{"ascii", long, true},
		{"tab, newline, return", "a\tb\nc\r", true},
		{"delete is allowed", "a\x7f" + long, true},
		{"NUL", long + "\x00", false},
		{"escape", long[:3] + "\x1b" + long, false},
		{"latin", "ø ß ä", true},
		{"last before the surrogates", "\uD7FF", true},
		{"first after the surrogates", "\uE000", true},
		{"replacement character itself", "\uFFFD", true},
		{"U+FFFE", "\uFFFE", false},
		{"U+FFFF", long + "\uFFFF", false},
		{"astral", "\U0001F600", true},
		{"last character", "\U0010FFFF", true},
		{"truncated sequence", "abc\xe2\x82", false},
		{"surrogate half", "\xed\xa0\x80", false},
		{"overlong", "\xc0\xaf", false},
		{"latin-1 byte", "caf\xe9", false},
	} {
		if got := sendable(c.in); got != c.want {
			t.Errorf("%s: sendable(%q) = %v, want %v", c.name, c.in, got, c.want)
		}
		if got := sendable([]byte(c.in)); got != c.want {
			t.Errorf("%s: as bytes: %v, want %v", c.name, got, c.want)
		}
	}
}

// allowed is the rule as AWS words it, one character at a time.
func allowed(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		ok := r == 0x9 || r == 0xA || r == 0xD || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
		if !ok {
			return false
		}
	}
	return true
}

func FuzzSendable(f *testing.F) {
	f.Add("plain text of some length")
	f.Add("\x1f\x20\x7f\x80\xff")
	f.Add("12345678\xef\xbf\xbe")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := sendable(s), allowed(s); got != want {
			t.Fatalf("sendable(%q) = %v, want %v", s, got, want)
		}
	})
}

func TestIDsAreValidatedAsFIFOQueuesDo(t *testing.T) {
	for in, want := range map[string]bool{
		"a": true, "order-1.x_y~!": true, "": false, "a b": false, "é": false, "\x7f": false,
		strings.Repeat("x", 128): true, strings.Repeat("x", 129): false,
	} {
		if got := validID([]byte(in)); got != want {
			t.Errorf("validID(%q) = %v, want %v", in, got, want)
		}
	}
}
