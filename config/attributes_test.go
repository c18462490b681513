package config

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/quota"
)

// The ranges of a batch are in tags, which know no constants.
func TestBatchHoldsWhatServicesTake(t *testing.T) {
	t.Parallel()
	want := map[string]string{"max_messages": fmt.Sprintf("1..%d", quota.Entries), "max_bytes": fmt.Sprintf("0|1KiB..%v", yamlconf.Size(quota.MessageBytes))}
	for _, f := range yamlconf.Fields(reflect.TypeFor[Batch]()) {
		if want[f.Key] != "" && f.Range != want[f.Key] {
			t.Errorf("the range of %s is %s, and the services take %s", f.Key, f.Range, want[f.Key])
		}
		delete(want, f.Key)
	}
	if len(want) > 0 {
		t.Errorf("there is no key for %v", want)
	}
}
