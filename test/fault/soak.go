package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// sampleEvery is how often a soak looks at the memory.
const sampleEvery = 10 * time.Second

// Soak sends so many events through one instance, with failures of the services now and then, and
// prints its memory over time. When ctx ends it sends no more, and judges what it has sent. An error
// says that it could not even be set up.
func Soak(ctx context.Context, env Env, count int, out io.Writer) (Result, error) {
	return soak(ctx, env, count, sampleEvery, out)
}

func soak(ctx context.Context, env Env, count int, every time.Duration, out io.Writer) (Result, error) {
	w, err := newWorld(context.WithoutCancel(ctx), env, "soak", 1)
	if err != nil {
		return Result{}, fmt.Errorf("setting up the soak: %w", err)
	}
	defer w.close()
	samples, err := w.soak(ctx, count, every, out)
	fmt.Fprintln(out, samples)
	return w.result(Schedule{Name: "soak"}, 1, errors.Join(err, samples.judge(w.setting.bound()))), nil
}

// soak sends the events and lets everything come to rest.
func (w *World) soak(ctx context.Context, count int, every time.Duration, out io.Writer) (memory, error) {
	i, err := w.start()
	if err != nil {
		return nil, err
	}
	trouble := w.disturb(.02, nowAndThen)
	w.feed.change(func() { w.feed.most, w.feed.on = count, true })
	samples, err := w.sample(ctx, i, count, every, out)
	trouble.remove()
	if err != nil {
		return samples, err
	}
	return samples, w.rest()
}

// sample looks at the memory of an instance until there are so many events, or ctx ends.
func (w *World) sample(ctx context.Context, i *instance, count int, every time.Duration, out io.Writer) (samples memory, err error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for events := 0; events < count; {
		select {
		case <-ctx.Done():
			fmt.Fprintf(out, "interrupted: %d of %d events were sent\n", events, count)
			return samples, nil
		case <-tick.C:
		}
		if err = errors.Join(w.ended(), w.fed()); err != nil {
			return samples, err
		}
		rss, err := resident(i.PID())
		if err != nil {
			return samples, err
		}
		samples = append(samples, rss)
		events, _ = w.ledger.state()
		fmt.Fprintf(out, "%6s  %9d events  %5.1f MiB\n", time.Since(w.began).Round(time.Second), events, mib(rss))
	}
	return samples, nil
}
