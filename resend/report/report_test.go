package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/resend/redrive"
	"github.com/sluice-bridge/sluice/resend/replay"
	"github.com/sluice-bridge/sluice/telemetry"
)

var totals = telemetry.Totals{Acknowledged: map[string]int64{"two": 7, "one": 3}, DeadLettered: map[string]int64{"one": 1},
	Letters: map[string]int64{"rejected": 1}, Dropped: 2}

const sentText = "  3 acknowledged by one\n  7 acknowledged by two\n  1 refused by one\n  1 new dead letters: rejected\n  2 dropped by rules\n"

func TestPeopleReadLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		report Report
		want   string
	}{
		"replay, whole": {Replay{replay.Preview{Whole: true, Records: 12, Offsets: 20, Rows: []replay.Row{
			{Topic: "orders", Destination: "one", Rule: "first", Count: 10},
			{Topic: "orders", Destination: "one", Rule: "first", Why: "encode_failed", Count: 1},
			{Topic: "orders", Why: "dropped", Count: 1},
		}}}, "12 records:\n" +
			"      10  orders: to one, by first\n" +
			"       1  orders: to one, by first: a dead letter, encode_failed\n" +
			"       1  orders: not sent: dropped\n"},
		"replay, in part": {Replay{replay.Preview{Records: 12, Offsets: 20}}, "of the first 12 records, out of up to 20:\n"},
		"replayed": {NewReplayed(replay.Result{ID: "ab", Records: 13, Unroutable: map[message.Reason]int64{"unmatched": 2}, Totals: totals}, "", nil),
			"replay ab: 13 records\n" + sentText + "  2 not sent: unmatched\n"},
		"redrive, whole": {Redrive{Topic: "dead", From: "--from", Preview: redrive.Preview{Whole: true, Letters: 12, Goes: 11, Rows: []redrive.Row{
			{Reason: "rejected", Destination: "one", Rule: "first", To: []string{"one", "two"}, Count: 10},
			{Reason: "unmatched", Count: 1},
			{Stays: "it is not a dead letter of the bridge", Count: 1},
		}}}, "12 dead letters in dead, 11 to be sent\n" +
			"      10  rejected by one, rule first: to one, two\n" +
			"       1  unmatched: dropped by the rules\n" +
			"       1  others: stays, it is not a dead letter of the bridge\n" +
			"no earlier redrive is on record; if there was one over a week ago, Kafka has forgotten it: leave out what it has sent with --from\n"},
		"redrive, in part": {Redrive{Topic: "dead", Preview: redrive.Preview{Letters: 12, Offsets: 20, Goes: 11, Recorded: true}},
			"of the first 12 dead letters in dead, out of up to 20, 11 to be sent\n"},
		"redriven": {NewRedriven(redrive.Result{Counts: redrive.Counts{Redriven: 9, Stay: map[string]int64{"so": 2}, Unsettled: 1}, Totals: totals}, nil),
			"9 dead letters redriven\n" + sentText + "  2 stay: so\n  1 were sent and not acknowledged, and stay\n"},
	} {
		var w bytes.Buffer
		if c.report.Text(&w); w.String() != c.want {
			t.Errorf("%s:\n%swant\n%s", name, w.String(), c.want)
		}
	}
}

func TestSpansSayHowMuchIsReadOfHowMany(t *testing.T) {
	t.Parallel()
	var w bytes.Buffer
	Spans(&w, []replay.Span{{Topic: "orders", Ranges: []reader.Range{{First: 1, End: 5}, {Partition: 1, First: 0, End: 2}}}}, 4)
	if want := "topic orders: up to 6 records of 2 partitions\nreading 4 of them to see where they go\n"; w.String() != want {
		t.Errorf("%q, want %q", w.String(), want)
	}
}

func TestProgramsReadALineOfJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		report Report
		want   string
	}{
		{Redrive{Topic: "dead", From: "--from", Preview: redrive.Preview{Rows: []redrive.Row{}, Recorded: true}},
			`{"offsets":0,"letters":0,"whole":false,"goes":0,"rows":[]}`},
		{NewReplayed(replay.Result{ID: "ab", Left: []replay.Left{}}, "sluice replay", redrive.ErrFull),
			`{"id":"ab","records":0,"without_destination":null,"acknowledged":null,"dead_lettered":null,"dropped":0,"dead_letters":null,"left":[],` +
				`"resume":"sluice replay","error":"` + redrive.ErrFull.Error() + `"}`},
	} {
		var w bytes.Buffer
		if err := JSON(&w, c.report); err != nil || w.String() != c.want+"\n" {
			t.Errorf("%v\n%swant\n%s", err, w.String(), c.want)
		}
	}
}

// What somebody else wrote does nothing to a terminal, and makes no lines of its own.
func TestForeignTextIsQuoted(t *testing.T) {
	t.Parallel()
	const hostile = "x\x1b[1A\x1b[2K\x1b]0;owned\a\u009b\u202e\r\n1 dead letters, all harmless\t"
	for name, report := range map[string]Report{
		"letters": Redrive{Topic: "dead", Preview: redrive.Preview{Whole: true, Letters: 1, Recorded: true, Rows: []redrive.Row{
			{Reason: hostile, Destination: hostile, Rule: hostile, Stays: hostile, Count: 1},
		}}},
		"letters that go": Redrive{Preview: redrive.Preview{Rows: []redrive.Row{{To: []string{hostile}}}}},
		"redriven":        Redriven{Result: redrive.Result{Counts: redrive.Counts{Stay: map[string]int64{hostile: 1}}}},
		"replay":          Replay{replay.Preview{Rows: []replay.Row{{Topic: hostile, Destination: hostile, Rule: hostile, Why: hostile}}}},
	} {
		var w bytes.Buffer
		report.Text(&w)
		text := w.String()
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s: %q is printed as it is, in %q", name, text[i:min(len(text), i+5)], text)
		}
		if strings.Contains(text, "\n1 dead letters, all harmless") || !strings.Contains(text, "harmless") {
			t.Errorf("%s: a line of its own, or nothing: %q", name, text)
		}
	}
}
