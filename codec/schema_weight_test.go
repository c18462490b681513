//go:build !race

package codec

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/codectest"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// Of a JSON Schema its title is kept.
func TestWeightCoversTitleOfJSONSchema(t *testing.T) {
	codectest.CheckWeight(t, func() []*schema.Compiled {
		s, err := compile(&schema.Source{Kind: sr.TypeJSON, Text: `{"title":"` + strings.Repeat("x", 1000) + `","a":"` + strings.Repeat("a", 500_000) + `"}`})
		if err != nil {
			t.Fatal(err)
		}
		return []*schema.Compiled{s.Compiled}
	})
}
