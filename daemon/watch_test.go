package daemon

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// watched is a folder with a watched file, as a test lays it out.
type watched struct {
	t       *testing.T
	dir     string
	changes chan struct{}
}

func (w watched) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// link makes or replaces a link, at once as Kubernetes does.
func (w watched) link(target, name string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.Symlink(target, path+".new"); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		w.t.Fatal(err)
	}
}

func (w watched) seen(what string) {
	w.t.Helper()
	select {
	case <-w.changes:
	case <-time.After(20 * time.Second):
		w.t.Fatalf("%s: not seen", what)
	}
}

// watch lays out a folder and watches a path in it.
func watch(t *testing.T, path string, layOut func(watched)) watched {
	t.Helper()
	w := watched{t: t, dir: t.TempDir(), changes: make(chan struct{}, 10)}
	layOut(w)
	if err := Watch(t.Context(), filepath.Join(w.dir, path), func() { w.changes <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWatchSeesEditAndReplacement(t *testing.T) {
	t.Parallel()
	w := watch(t, "bridge.yaml", func(w watched) { w.write("bridge.yaml", "1") })
	w.write("bridge.yaml", "2")
	w.seen("an edit in place")
	w.write("other", "3")
	if err := os.Rename(filepath.Join(w.dir, "other"), filepath.Join(w.dir, "bridge.yaml")); err != nil {
		t.Fatal(err)
	}
	w.seen("a replacement")
}

func TestWatchFollowsALink(t *testing.T) {
	t.Parallel()
	w := watch(t, "etc/bridge.yaml", func(w watched) {
		w.write("etc/other", "")
		w.write("real/one", "1")
		w.link("../real/one", "etc/bridge.yaml")
	})
	w.write("real/one", "2")
	w.seen("an edit of what the link leads to")
	w.write("else/two", "3")
	w.link("../else/two", "etc/bridge.yaml")
	w.seen("another link")
	w.write("else/two", "4")
	w.seen("an edit of what the new link leads to")
}

// Kubernetes mounts a ConfigMap so, and swaps ..data.
func TestWatchSeesSwapOfAConfigMap(t *testing.T) {
	t.Parallel()
	w := watch(t, "bridge.yaml", func(w watched) {
		w.write("..1/bridge.yaml", "1")
		w.link("..1", "..data")
		w.link("..data/bridge.yaml", "bridge.yaml")
	})
	w.write("..2/bridge.yaml", "2")
	w.link("..2", "..data")
	w.seen("a swap")
	if err := os.RemoveAll(filepath.Join(w.dir, "..1")); err != nil {
		t.Fatal(err)
	}
	w.write("..2/bridge.yaml", "3")
	w.seen("an edit behind ..data")
	w.write("..3/bridge.yaml", "4")
	w.link("..3", "..data")
	w.seen("another swap")
}

func TestWatchFollowsALinkedFolder(t *testing.T) {
	t.Parallel()
	w := watch(t, "current/bridge.yaml", func(w watched) {
		w.write("release1/bridge.yaml", "1")
		w.link("release1", "current")
	})
	w.write("release2/bridge.yaml", "2")
	w.link("release2", "current")
	w.seen("another folder")
}
