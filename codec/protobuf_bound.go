package codec

import "fmt"

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
	for _, token := range protoTokens(text) {
		if b.tokens++; b.tokens > maxProtoTokens {
			return fmt.Errorf("it has more than %d words and signs with all that it refers to", maxProtoTokens)
		}
		switch token {
		case "{", "[", "(", "<":
			if depth++; depth > maxProtoDepth {
				return fmt.Errorf("it nests deeper than %d levels", maxProtoDepth)
			}
		case "}", "]", ")", ">":
			depth--
		case "import":
			if depth == 0 { // else the name of a field
				imports++
			}
			if imports > maxProtoImports {
				return fmt.Errorf("it imports more than %d files", maxProtoImports)
			}
		}
	}
	return nil
}
