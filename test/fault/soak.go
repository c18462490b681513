package fault

import (
	"context"
	"fmt"
	"io"
	"time"
)

// sampleEvery is how often a soak looks at the memory.
const sampleEvery = 10 * time.Second

// Soak sends so many events through one instance, with failures of the services now and then, and
// prints its memory over time, and how it grew from the second quarter to the last.
func Soak(ctx context.Context, env Env, count int, out io.Writer) error {
	w, err := newWorld(ctx, env, "soak", 1)
	if err != nil {
		return err
	}
	defer w.close()
	i, err := w.start()
	if err != nil {
		return err
	}
	defer w.disturb(.02, nowAndThen).remove()
	w.feed.change(func() { w.feed.most, w.feed.on = count, true })
	samples, err := w.sample(i, count, out)
	if err != nil {
		return err
	}
	w.feed.turn(false)
	if err = w.settled(); err != nil {
		return err
	}
	if err = i.stop(); err != nil {
		return err
	}
	r := Result{Findings: w.ledger.finish(), Allowed: w.allowance()}
	fmt.Fprintf(out, "%d events, %d deliveries, %d lost, %d duplicated, %d dead-lettered\n", r.Events, r.Delivered, r.Lost, r.Duplicated, r.Letters)
	if n := len(samples) / 4; n > 0 {
		early, late := mean(samples[n:2*n]), mean(samples[len(samples)-n:])
		fmt.Fprintf(out, "resident memory: %d MiB in the second quarter, %d MiB in the last: %+.1f %%\n", early>>20, late>>20,
			100*float64(late-early)/float64(early))
	}
	if problems := r.judge(); len(problems) > 0 {
		return fmt.Errorf("the soak did not pass: %s", problems)
	}
	return nil
}

// sample looks at the memory of an instance until there are so many events.
func (w *World) sample(i *instance, count int, out io.Writer) (samples []int64, err error) {
	began := time.Now()
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for events := 0; events < count; {
		select {
		case <-w.ctx.Done():
			return nil, w.ctx.Err()
		case <-tick.C:
		}
		if err = w.ended(); err != nil {
			return nil, err
		}
		rss, err := resident(i.PID())
		if err != nil {
			return nil, err
		}
		samples = append(samples, rss)
		events, _ = w.ledger.state()
		fmt.Fprintf(out, "%6s  %9d events  %5d MiB\n", time.Since(began).Round(time.Second), events, rss>>20)
	}
	return samples, nil
}

func mean(of []int64) int64 {
	var sum int64
	for _, n := range of {
		sum += n
	}
	return sum / int64(len(of))
}
