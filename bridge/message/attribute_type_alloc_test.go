//go:build !race

package message

import (
	"testing"

	"github.com/sluice-bridge/sluice/attribute"
)

// Each message has its attributes looked at.
func TestAttributeTypesAllocateNothing(t *testing.T) {
	types := AttributeTypes{"total": attribute.Number, "tags": attribute.Array}
	for name, value := range map[string]string{
		"total": "-12345678901234567890123456789012345.50e2",
		"tags":  `["a text of some length, with \"quotes\"",1,true,null]`,
	} {
		if n := testing.AllocsPerRun(100, func() {
			if err := types.check(name, value); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkAttributeTypes(b *testing.B) {
	types := AttributeTypes{"total": attribute.Number, "tags": attribute.Array}
	for name, value := range map[string]string{"total": "129.95", "tags": `["new","paid",3]`} {
		b.Run(types[name], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := types.check(name, value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
