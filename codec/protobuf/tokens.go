package protobuf

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokensOf are the words, numbers, strings, comments and signs of a .proto file, each behind its place.
func tokensOf(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		var n int
		for i := 0; i < len(text); i += n {
			_, n = utf8.DecodeRuneInString(text[i:])
			switch c := text[i]; {
			case c <= ' ':
				continue
			case c == '"' || c == '\'':
				n += quotedLength(text[i+1:], c)
			case c == '/':
				n += commentLength(text[i+1:])
			default:
				n = max(wordLength(text[i:]), n)
			}
			if !yield(i, text[i:i+n]) {
				return
			}
		}
	}
}

// isComment says whether a token is a comment.
func isComment(token string) bool { return len(token) > 1 && token[0] == '/' }

// wordLength is the length of the word or number that a text begins with; 0 where it begins with a sign.
func wordLength(text string) int {
	n := strings.IndexFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if n < 0 {
		return len(text)
	}
	return n
}

// quotedLength is the length of a string behind its first quote. It ends with its line at the latest.
func quotedLength(rest string, quote byte) int {
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case quote, '\n':
			return i + 1
		}
	}
	return len(rest)
}

// commentLength is the length of a comment behind its first slash; 0 where none begins.
func commentLength(rest string) int {
	var end string
	switch {
	case strings.HasPrefix(rest, "/"):
		end = "\n"
	case strings.HasPrefix(rest, "*"):
		end = "*/"
	default:
		return 0
	}
	if i := strings.Index(rest[1:], end); i >= 0 {
		return 1 + i + len(end)
	}
	return len(rest)
}
