package pause

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestTriesComeEverLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var at []time.Duration
		began := time.Now()
		for range Tries(ctx) {
			at = append(at, time.Since(began))
		}
		if len(at) != 8 || at[0] != 0 || at[1] != 250*time.Millisecond || at[5] != 7750*time.Millisecond || at[6] != 15750*time.Millisecond || at[7] != 25750*time.Millisecond {
			t.Errorf("tries after %v", at)
		}
		if time.Since(began) != 30*time.Second {
			t.Errorf("the end is seen after %v", time.Since(began))
		}
		n := 0
		for range Tries(ctx) {
			n++
		}
		if n != 1 {
			t.Errorf("%d tries after the end", n)
		}
	})
}
