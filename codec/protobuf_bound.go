package codec

import (
	"fmt"
	"strings"
	"unicode"
)

const (
	// maxProtoTokens is how many words, numbers, strings, comments and signs a .proto file and those that it
	// refers to may have together: the compiler takes up to a kilobyte of memory for each.
	maxProtoTokens = 100_000
	// maxProtoDepth is how deep brackets may nest in a .proto file. The compiler takes messages 32 deep
	// (as protoc does), and finds out when it has parsed them, at the price of a kilobyte of memory each.
	maxProtoDepth = 64
	// maxProtoImports bounds what one file may import: the compiler takes the longer the more do not exist.
	maxProtoImports = maxReferences
)

// protoBound refuses texts that take far more time or memory to parse than there is of them.
type protoBound struct {
	tokens int // of all texts so far
}

func (b *protoBound) check(text string) error {
	depth, imports := 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c <= ' ' {
			continue
		}
		if b.tokens++; b.tokens > maxProtoTokens {
			return fmt.Errorf("it has more than %d words and signs with all that it refers to", maxProtoTokens)
		}
		switch c {
		case '"', '\'':
			i += quotedLength(text[i+1:], c)
		case '/':
			i += commentLength(text[i+1:])
		case '{', '[', '(', '<':
			if depth++; depth > maxProtoDepth {
				return fmt.Errorf("it nests deeper than %d levels", maxProtoDepth)
			}
		case '}', ']', ')', '>':
			depth--
		default:
			word := text[i : i+wordLength(text[i:])]
			if word == "import" && depth == 0 { // else the name of a field
				imports++
			}
			if imports > maxProtoImports {
				return fmt.Errorf("it imports more than %d files", maxProtoImports)
			}
			i += max(len(word)-1, 0)
		}
	}
	return nil
}

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
