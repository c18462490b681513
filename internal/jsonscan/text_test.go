package jsonscan

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestUnescapeAgreesWithEncodingJSON(t *testing.T) {
	piece := rapid.OneOf(rapid.StringMatching(`[a-zé€😀 ]{0,4}`),
		rapid.SampledFrom([]string{`\n`, `\t`, `\r`, `\b`, `\f`, `\/`, `\\`, `\"`, `\u0041`, `\u00e9`, `\u20AC`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\ud83d\u0041`, `\uFFFF`}))
	rapid.Check(t, func(t *rapid.T) {
		inner := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
		var want string
		if err := json.Unmarshal([]byte(`"`+inner+`"`), &want); err != nil {
			t.Fatal(err)
		}
		if got := string(Unescape(nil, []byte(inner))); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
