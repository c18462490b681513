package daemon

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleTime is how long a file is left alone after a change, since editors write in steps.
const settleTime = 300 * time.Millisecond

// Watch calls changed when the content of a file is another than before, until ctx ends. A file that
// is replaced is seen too, and so is one that is reached by links, whether the file changes or where
// a link leads (as Kubernetes swaps a ConfigMap).
func Watch(ctx context.Context, path string, changed func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watching %s: %w", path, err)
	}
	steps, err := follow(w, path)
	if err != nil {
		_ = w.Close()
		return fmt.Errorf("watching %s: %w", path, err)
	}
	last, _ := digest(path)
	go func() {
		defer w.Close() //nolint:errcheck // nothing is lost
		timer := time.NewTimer(time.Hour)
		timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case _, open := <-w.Errors:
				if !open {
					return
				}
			case event := <-w.Events:
				if slices.Contains(steps, event.Name) {
					timer.Reset(settleTime)
				}
			case <-timer.C:
				// Watched first and read then: what changes in between is seen.
				if now, err := follow(w, path); err == nil {
					steps = now
				}
				if now, err := digest(path); err == nil && now != last {
					last = now
					changed()
				}
			}
		}
	}()
	return nil
}

// follow watches the folders of all that decides what a path leads to, and returns that.
func follow(w *fsnotify.Watcher, path string) ([]string, error) {
	steps, err := trace(path)
	if err != nil {
		return nil, err
	}
	folders := map[string]bool{}
	for _, s := range steps {
		folders[filepath.Dir(s)] = true
	}
	for folder := range folders {
		if err := w.Add(folder); err != nil {
			return nil, err
		}
	}
	for _, folder := range w.WatchList() {
		if !folders[folder] {
			_ = w.Remove(folder) // it may be gone
		}
	}
	return steps, nil
}

// maxLinks is how many links Linux follows (path_resolution(7)).
const maxLinks = 40

// trace returns the links on the way that a path takes, and last the file, or the first step that is
// not there. No folder in what it returns is a link.
func trace(path string) ([]string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	var steps []string
	root := filepath.VolumeName(path) + string(filepath.Separator)
	at, rest := root, strings.TrimPrefix(path, root)
	for {
		rest = strings.TrimLeft(rest, string(filepath.Separator))
		name, after, _ := strings.Cut(rest, string(filepath.Separator))
		step := filepath.Join(at, name)
		target, err := os.Readlink(step)
		switch {
		case err == nil && len(steps) == maxLinks:
			return nil, fmt.Errorf("more than %d links", maxLinks)
		case err == nil:
			steps = append(steps, step)
			if filepath.IsAbs(target) {
				at = root
			}
			rest = target + string(filepath.Separator) + after
		case after == "" || os.IsNotExist(err):
			return append(steps, step), nil
		default:
			at, rest = step, after
		}
	}
}

func digest(path string) ([sha256.Size]byte, error) {
	data, err := os.ReadFile(path)
	return sha256.Sum256(data), err
}
