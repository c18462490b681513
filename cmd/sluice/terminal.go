package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

const (
	barEvery  = 200 * time.Millisecond
	lineEvery = 5 * time.Second
)

// showProgress tells how far something is until the returned function is called: by a bar on a
// terminal, else by a line now and then.
func showProgress(w io.Writer, terminal bool, what string, progress func() (done, all int64)) (end func()) {
	every, show := lineEvery, func(done, all int64) {
		excerpt.Fprintf(w, "%s: %d of %d offsets\n", what, done, all)
	}
	finish := func() {}
	if terminal {
		_, all := progress()
		bar := progressbar.NewOptions64(all, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth())
		every = barEvery
		show = func(done, _ int64) { _ = bar.Set64(done) } // it is for looks only
		finish = func() { _ = bar.Clear() }
	}
	stop := make(chan struct{})
	var showing sync.WaitGroup
	showing.Go(func() { // ends with end
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-stop:
				return
			case <-t.C:
				show(progress())
			}
		}
	})
	return func() {
		close(stop)
		showing.Wait()
		finish()
	}
}

// isTerminal says whether a person types what is read, or reads what is written.
func isTerminal(r any) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
