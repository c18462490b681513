package codec

import "regexp"

var (
	edition2024 = regexp.MustCompile(`\bedition\s*=\s*(?:"2024"|'2024')`)
	visibility  = regexp.MustCompile(`\b(?:export|local)(\s+(?:message|enum)\s)`)
	forOptions  = regexp.MustCompile(`\bimport\s+option\s*(?:"[^"\n]*"|'[^'\n]*')\s*;`)
)

// readAs is the edition that the parser knows.
const readAs = "2023"

// readableEdition returns a file of edition 2024 as one of 2023. Both lay values out in the same way; the later
// one can say beside who may use a type, and what is imported for options only (protobuf.dev, "Feature Settings
// for Editions").
func readableEdition(text string) string {
	if !edition2024.MatchString(text) {
		return text
	}
	text = edition2024.ReplaceAllString(text, `edition = "`+readAs+`"`)
	return forOptions.ReplaceAllString(visibility.ReplaceAllString(text, "$1"), "")
}
