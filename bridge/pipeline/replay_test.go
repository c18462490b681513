package pipeline

import (
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/routing"
)

// A pipeline that is told where to sends every record there, whatever the rules say; one that may send
// only some things settles the others; what has no destination is told of, and no dead letter.
func TestPipelineSendsOnlyWhereItIsTold(t *testing.T) {
	inTestbed(t, &bridgetest.Sink{}, func(r *testbed) {
		values := []string{drop, good, bad, "no JSON"}
		unroutable := map[message.Reason]int{}
		count := func(why message.Reason) { unroutable[why]++ }

		p := r.newPipeline(t, func(o *Options) { o.To, o.Unroutable = &routing.Target{Rule: -1}, count })
		p.Accept(r.part, r.records(values...))
		bridgetest.Pass(time.Second)
		if n := len(r.far.Accepted()); n != len(values) {
			t.Errorf("%d of %d were sent where they were told to go", n, len(values))
		}

		asked := 0
		p = r.newPipeline(t, func(o *Options) {
			o.Only, o.Unroutable = func(to routing.Target) bool { asked++; return to != (routing.Target{Rule: 2}) }, count
		})
		p.Accept(r.part, r.records(values...))
		bridgetest.Pass(time.Second)
		if n := len(r.far.Accepted()) - len(values); n != 0 || asked != 1 {
			t.Errorf("%d were sent, and %d times it was asked", n, asked)
		}
		if n := len(r.writer.All()); n != 0 || unroutable[message.ReasonRuleError] != 1 || unroutable[message.ReasonUndecodable] != 1 || len(unroutable) != 2 {
			t.Errorf("%d dead letters, and told of %v", n, unroutable)
		}
		r.settled()
	})
}

// A dead letter that is refused again has the attempts of all its lives.
func TestAttemptsOfALetterAddUp(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		return &sink.Failure{Class: sink.Poison, Code: "no"}
	}}
	inTestbed(t, far, func(r *testbed) {
		r.newPipeline(t, func(o *Options) { o.Resend = message.Redrive(0, 7, 5) }).Accept(r.part, r.records(good))
		bridgetest.Pass(time.Second)
		if all := r.writer.All(); len(all) != 1 || all[0].Attempts != 6 {
			t.Errorf("%+v", all)
		}
	})
}
