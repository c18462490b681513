//go:build !race

package avro

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/codec/codectest"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// What a schema takes in memory is known, and not as far more.
func TestWeightCoversMemoryOfSchema(t *testing.T) {
	number := func(format string, n int) string {
		return codectest.Numbered(n, func(i int) string { return strings.ReplaceAll(fmt.Sprintf(format, i+1), "!", fmt.Sprint(i+1)) })
	}
	for name, text := range map[string]string{
		"types of an Avro union":   `["null"` + strings.Repeat(",[]", 50_000) + "]",
		"names in an Avro union":   `["null"` + strings.Repeat(`,"a"`, 50_000) + "]",
		"long names in Avro":       `["null"` + number(`,"a%d`+strings.Repeat("_long", 30)+`"`, 3000) + "]",
		"Avro records":             `["null"` + number(`,{"type":"record","name":"a%d","namespace":"shop.orders","fields":[]}`, 9000) + "]",
		"fields of an Avro record": `{"type":"record","name":"a","fields":[{"name":"a","type":"int"}` + number(`,{"name":"a%d","type":["null","string"]}`, 9000) + "]}",
		"symbols":                  `{"type":"enum","name":"a","symbols":["a"` + number(`,"a%d"`, 50_000) + "]}",
	} {
		t.Run(name, func(t *testing.T) {
			codectest.CheckWeight(t, func() []*schema.Compiled {
				made, err := Parse(&schema.Source{Text: text})
				if err != nil {
					t.Fatal(err)
				}
				return []*schema.Compiled{made}
			})
		})
	}
}
