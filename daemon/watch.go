package daemon

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleTime is how long a file is left alone after a change, since editors write in steps.
const settleTime = 300 * time.Millisecond

// Watch calls changed when the content of a file is another than before, until ctx ends. It
// watches the folder, so that a file which is replaced, or is a link that is (as Kubernetes mounts
// a ConfigMap), is seen too.
func Watch(ctx context.Context, path string, changed func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watching %s: %w", path, err)
	}
	if err := w.Add(filepath.Dir(path)); err != nil {
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
			case <-w.Events:
				timer.Reset(settleTime)
			case <-timer.C:
				if now, err := digest(path); err == nil && now != last {
					last = now
					changed()
				}
			}
		}
	}()
	return nil
}

func digest(path string) ([sha256.Size]byte, error) {
	data, err := os.ReadFile(path)
	return sha256.Sum256(data), err
}
