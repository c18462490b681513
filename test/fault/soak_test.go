package fault

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/test/process"
)

// interrupter calls off what prints to it, once it has printed twice.
type interrupter struct {
	strings.Builder
	off context.CancelFunc
}

func (i *interrupter) Write(p []byte) (int, error) {
	if strings.Count(i.String(), " events ") > 0 {
		i.off()
	}
	return i.Builder.Write(p)
}

// A soak that is broken off judges what it has sent.
func TestInterruptedSoakJudgesWhatItHasSent(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	env := environment(t)
	var err error
	if env.Binary, err = process.Build(env.Dir, false); err != nil { // the race detector has a memory of its own
		t.Fatal(err)
	}
	const count = 1 << 30
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &interrupter{off: cancel}
	r, err := soak(ctx, env, count, time.Second, out)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String() + Text([]Result{r}))
	if !r.Passed() || r.Events == 0 || r.Events == count || r.Lost > 0 {
		t.Errorf("%d events: %q", r.Events, r.Problems)
		t.Log(r.Logs)
	}
}

func TestSoakJudgesHowMemoryGrows(t *testing.T) {
	const each, bound = fewestSamples / 4, 200
	quarters := func(means ...int64) (m memory) {
		for _, mean := range means {
			for range each / 2 {
				m = append(m, mean-1, mean+1)
			}
		}
		return m
	}
	for _, c := range []struct {
		of   memory
		want string
	}{
		{quarters(50, 100, 100, 109), ""},
		{quarters(50, 100, 100, 111), "grew by 11.0 %"},
		{quarters(50, 100, 100, 190)[1:], ""}, // too few
		{quarters(250, 100, 100, 100), "the bound is"},
		{nil, ""},
	} {
		err := c.of.judge(bound)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v is judged %v, want %q", c.of, err, c.want)
		}
	}
}
