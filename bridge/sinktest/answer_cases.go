package sinktest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

func testPartialFailure(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	rows := []struct {
		outcome Outcome
		class   sink.Class // zero: accepted
	}{
		{Outcome{}, 0},
		{Outcome{Code: "InternalError", Message: "try \"again\" <later> & \\ so"}, sink.Transient},
		{Outcome{Code: "InvalidParameterValue", Message: "too long", SenderFault: true}, sink.Poison},
		{Outcome{Code: "InvalidParameterValue", SenderFault: false}, sink.Transient},
		{Outcome{}, 0},
		{Outcome{Code: "NeverHeardOf", SenderFault: true}, sink.Poison},
		{Outcome{Code: "NeverHeardOf"}, sink.Transient},
		{Outcome{Code: "ThrottlingException", SenderFault: true}, sink.Throttled},
		{Outcome{Code: "AccessDenied", SenderFault: true}, sink.Configuration},
		{Outcome{Omit: true}, sink.Transient},
	}
	var step Step
	for _, r := range rows {
		step.Outcomes = append(step.Outcomes, r.outcome)
	}
	s.script(step)
	results, failure := send(t, tested, batchOf(len(rows)))
	if failure != nil {
		t.Fatalf("the call failed: %v", failure)
	}
	for i, r := range rows {
		if r.class == 0 {
			if results[i] != nil {
				t.Errorf("entry %d was accepted, the sink says %v", i, results[i])
			}
			continue
		}
		wantClass(t, results[i], r.class)
		if !r.outcome.Omit && (results[i].Code != r.outcome.Code || results[i].Message != r.outcome.Message) {
			t.Errorf("entry %d: %q %q, want %q %q", i, results[i].Code, results[i].Message, r.outcome.Code, r.outcome.Message)
		}
	}
	mustSend(t, tested, batchOf(3))
}

func testMissingEntry(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	s.script(Step{Outcomes: []Outcome{{}, {Omit: true}}}, Step{Outcomes: []Outcome{{Omit: true}}})
	results, failure := send(t, tested, batchOf(3))
	if failure != nil || results[0] != nil || results[2] != nil {
		t.Fatalf("call %v, results %v", failure, results)
	}
	wantClass(t, results[1], sink.Transient)
	results, failure = send(t, tested, batchOf(1))
	if failure != nil {
		t.Fatal(failure)
	}
	wantClass(t, results[0], sink.Transient)
}

func testErrors(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	for _, row := range f.Wire.Errors() {
		t.Run(fmt.Sprintf("%d %s", row.Error.Status, row.Error.Code), func(t *testing.T) {
			s.script(Step{Error: &row.Error})
			_, failure := send(t, tested, batchOf(2))
			wantClass(t, failure, row.Class)
			if failure.Code != row.Error.Code || failure.Message != row.Error.Message {
				t.Errorf("failure %q %q, want %q %q", failure.Code, failure.Message, row.Error.Code, row.Error.Message)
			}
			mustSend(t, tested, batchOf(1))
		})
	}
}

func testForeignAnswers(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	const page = "<html><head><title>Error</title></head><body><p>nginx<br></body></html>"
	for _, row := range []struct {
		status int
		body   string
		class  sink.Class
	}{
		{http.StatusInternalServerError, page, sink.Transient},
		{http.StatusBadGateway, page, sink.Transient},
		{http.StatusServiceUnavailable, "", sink.Transient},
		{http.StatusGatewayTimeout, `{"error":"upstream"}`, sink.Transient},
		{http.StatusForbidden, page, sink.Configuration},
		{http.StatusForbidden, `{"code":403,"message":"blocked"}`, sink.Configuration},
		{http.StatusRequestEntityTooLarge, page, sink.Configuration},
		{http.StatusNotFound, "404 page not found", sink.Configuration},
		{http.StatusBadRequest, `{"mess`, sink.Configuration},
		{http.StatusMovedPermanently, page, sink.Configuration},
		{http.StatusTooManyRequests, page, sink.Throttled},
		{http.StatusOK, page, sink.Unknown},
		{http.StatusOK, "", sink.Unknown},
		{http.StatusNoContent, "", sink.Unknown},
	} {
		t.Run(fmt.Sprint(row.status), func(t *testing.T) {
			s.script(Step{Reply: &Reply{Status: row.status, Body: row.body, Header: map[string]string{"Location": s.URL}}})
			before := len(s.sends())
			_, failure := send(t, tested, batchOf(2))
			wantClass(t, failure, row.class)
			if failure.Ambiguous != (row.class == sink.Configuration) {
				t.Errorf("ambiguous %v: nothing tells whether it is the destination that is refused", failure.Ambiguous)
			}
			if n := len(s.sends()) - before; n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
			mustSend(t, tested, batchOf(1))
		})
	}
}

func testCutAnswers(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	s.script(Step{Cut: true})
	_, failure := send(t, tested, batchOf(2))
	wantClass(t, failure, sink.Unknown)
	whole := f.Wire.Results(make([]Outcome, 2))
	for n := range len(whole.Body) - 1 { // the last byte may be white space
		part := whole
		part.Body = whole.Body[:n]
		s.script(Step{Reply: &part})
		_, failure := send(t, tested, batchOf(2))
		wantClass(t, failure, sink.Unknown)
	}
	mustSend(t, tested, batchOf(1))
}
