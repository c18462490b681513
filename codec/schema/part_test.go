package schema

import (
	"fmt"
	"runtime"
	"testing"
)

// Of what no schema is made of any more nothing stays but for a while.
func TestUnusedPartsAreForgotten(t *testing.T) {
	t.Parallel()
	var all Cache[Compiled]
	for i := range 1000 {
		all.Keep(SumOf(fmt.Sprint(i)), &Compiled{})
		if i%100 == 0 {
			runtime.GC()
		}
	}
	kept := &Compiled{}
	all.Keep(SumOf("kept"), kept)
	runtime.GC()
	if all.Find(SumOf("kept")) != kept || all.Find(SumOf("0")) != nil || len(all.made) > 500 {
		t.Errorf("%d are remembered", len(all.made))
	}
}
