package kafka

import (
	"testing"
	"time"
)

// A topic that is deleted and made again is another: it is read from its start, and its records
// have ids of their own although their offsets are the same. The client holds on to the earlier one
// for some ten seconds.
func TestRecreatedTopic(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	produce(t, dial(t, k), numbered("t", 0, "old", 10)...)
	members := map[string]*member{
		"by name":    join(t, k),
		"by pattern": join(t, k, func(o *Options) { o.Group, o.Topics = "other", []string{"/^t$/"} }),
	}
	commits(t, k, "t", 0, 10)
	await(t, "the other group", func() bool { return committed(k, "other", "t", 0) == 10 })
	if err := k.Cluster.DeleteTopic("t"); err != nil {
		t.Fatal(err)
	}
	if err := k.Cluster.CreateTopic("t", 1, nil); err != nil {
		t.Fatal(err)
	}
	produce(t, dial(t, k), numbered("t", 0, "new", 5)...)
	for name, m := range members {
		for deadline := time.Now().Add(50 * time.Second); m.sink.count() < 15; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d arrived", name, m.sink.count())
			}
		}
		if old, fresh := m.sink.ids("old0"), m.sink.ids("new0"); len(old) != 1 || len(fresh) != 1 || old[0] == fresh[0] {
			t.Errorf("%s: ids %q and %q", name, old, fresh)
		}
	}
	commits(t, k, "t", 0, 5)
}
