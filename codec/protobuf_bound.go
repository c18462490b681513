package codec

import (
	"fmt"
	"strings"
)

const (
	// maxProtoDepth is how deep brackets may nest in a .proto file. The compiler takes messages 32 deep
	// (as protoc does), and finds out when it has parsed them, at the price of a kilobyte of memory each.
	maxProtoDepth = 64
	// maxProtoImports bounds what one file may import: the compiler takes the longer the more do not exist.
	maxProtoImports = maxReferences
)

// checkProtobuf refuses text that takes far more time or memory to parse than there is of it.
func checkProtobuf(text string) error {
	if strings.Count(text, "import") > maxProtoImports {
		return fmt.Errorf("it imports more than %d files", maxProtoImports)
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
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
		}
	}
	return nil
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
