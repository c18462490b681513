package codectest

import (
	"runtime"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// Numbered joins the texts for the numbers below n.
func Numbered(n int, text func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(text(i))
	}
	return b.String()
}

// CheckWeight fails where what compile makes takes more in memory than it weighs, or far less. What schemas
// share counts once.
func CheckWeight(t *testing.T, compile func() []*schema.Compiled) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	all := compile()
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := max(0, int(after.HeapAlloc)-int(before.HeapAlloc))
	weight := 0
	parts := map[*schema.Part]bool{}
	for _, made := range all {
		for _, p := range made.Parts() {
			if !parts[p] {
				weight += p.Weight
			}
			parts[p] = true
		}
	}
	if kept > weight+64<<10 {
		t.Errorf("%d bytes are kept, %d are known", kept, weight)
	}
	if weight > 3*kept+16<<10 {
		t.Errorf("%d bytes are kept of what is taken for %d", kept, weight)
	}
	runtime.KeepAlive(all)
}
