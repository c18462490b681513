package protobuf

import (
	"fmt"

	"github.com/sluice-bridge/sluice/codec/schema"
)

const (
	// maxTokens is how many words, numbers, strings, comments and signs a .proto file and those that it
	// refers to may have together: the compiler takes up to a kilobyte of memory for each.
	maxTokens = 100_000
	// maxDepth is how deep brackets may nest in a .proto file. The compiler takes messages 32 deep
	// (as protoc does), and finds out when it has parsed them, at the price of a kilobyte of memory each.
	maxDepth = 64
	// maxImports bounds what one file may import: the compiler takes the longer the more do not exist.
	maxImports = schema.MaxReferences
)

// textBound refuses texts that take far more time or memory to parse than there is of them.
type textBound struct {
	tokens int // of all texts so far
}

func (b *textBound) check(text string) error {
	depth, imports := 0, 0
	for _, token := range tokensOf(text) {
		if b.tokens++; b.tokens > maxTokens {
			return fmt.Errorf("it has more than %d words and signs with all that it refers to", maxTokens)
		}
		switch token {
		case "{", "[", "(", "<":
			if depth++; depth > maxDepth {
				return fmt.Errorf("it nests deeper than %d levels", maxDepth)
			}
		case "}", "]", ")", ">":
			depth--
		case "import":
			if depth == 0 { // else the name of a field
				imports++
			}
			if imports > maxImports {
				return fmt.Errorf("it imports more than %d files", maxImports)
			}
		}
	}
	return nil
}
