package bridgetest

import (
	"slices"
	"testing/synctest"
	"time"
)

// Bodies returns n bodies with a prefix.
func Bodies(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = prefix + string(rune('a'+i/26/26)) + string(rune('a'+i/26%26)) + string(rune('a'+i%26))
	}
	return all
}

// Same compares as sets.
func Same(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// Pass lets virtual time go by and everything that is due happen.
func Pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
