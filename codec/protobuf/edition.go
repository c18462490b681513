package protobuf

import (
	"strings"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

// readAs is the edition that the parser knows.
const readAs = "2023"

// readableEdition returns a file of edition 2024 as one of 2023. Both lay values out in the same way; the later
// one can say beside who may use a type, and what is imported for options only (protobuf.dev, "Feature Settings
// for Editions"). What is taken out leaves blanks.
func readableEdition(text string) string {
	var places []int
	var tokens []string
	for place, token := range tokensOf(text) {
		if isComment(token) || token == string(jsontext.ByteOrderMark) {
			continue
		}
		if places, tokens = append(places, place), append(tokens, token); len(tokens) == 3 && !isEdition2024(tokens) {
			return text
		}
	}
	if len(tokens) < 3 {
		return text
	}
	out := []byte(text)
	blank := func(i int) { copy(out[places[i]:], strings.Repeat(" ", len(tokens[i]))) }
	copy(out[places[2]+1:], readAs)
	for i := 3; i+2 < len(tokens); i++ {
		if before := tokens[i-1]; before != ";" && before != "{" && before != "}" {
			continue // it begins no statement
		}
		switch {
		case isVisibility(tokens[i:]):
			blank(i)
		case tokens[i] == "import" && tokens[i+1] == "option":
			for ; i < len(tokens) && tokens[i] != ";"; i++ {
				blank(i)
			}
		}
	}
	return string(out)
}

func isEdition2024(tokens []string) bool {
	return tokens[0] == "edition" && tokens[1] == "=" && (tokens[2] == `"2024"` || tokens[2] == "'2024'")
}

// isVisibility says whether a statement begins with who may use the type that it declares. A field may be of
// a type of that name.
func isVisibility(tokens []string) bool {
	return (tokens[0] == "export" || tokens[0] == "local") && (tokens[1] == "message" || tokens[1] == "enum") && tokens[2] != "="
}
