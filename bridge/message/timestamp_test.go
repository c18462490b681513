package message_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/routing/expr"
)

func TestUnknownTimestampIsLeftOut(t *testing.T) {
	r := bridgetest.Record(`{"a":1}`)
	r.Timestamp = time.Time{}
	for _, form := range []message.Envelope{message.EnvelopeRaw, message.EnvelopeJSON, message.EnvelopeCloudEvents} {
		m := encoding{dest: message.Destination{Profile: sqs.Profile, Envelope: form}}.must(t, r)
		for _, a := range m.Attributes {
			if a.Name == attribute.KafkaTimestamp || a.Value == "" {
				t.Errorf("%s: attribute %s = %q", form, a.Name, a.Value)
			}
		}
		if body := string(m.Body); strings.Contains(body, "0001-") || strings.Contains(body, "-621355968") {
			t.Errorf("%s: body %s", form, body)
		}
	}
	m := message.LetterMessage(message.DeadLetter{Record: r, Time: time.Unix(1, 0)}, &offsets.TopicIdentity{}, nil, "", message.Destination{})
	for _, a := range m.Attributes {
		if a.Name == attribute.KafkaTimestamp {
			t.Errorf("dead letter: %s = %q", a.Name, a.Value)
		}
	}
}

// An expression cannot work with a timestamp that is not known, or that is no time: it fails.
func TestExpressionFailsOnUnknownTimestamp(t *testing.T) {
	e, err := expr.Compile("timestamp")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Time]string{
		{}:                               "has no timestamp",
		time.UnixMilli(1760184794151617): "1760184794151617",
		time.UnixMilli(1700000000123):    "",
	} {
		r := bridgetest.Record("{}")
		r.Timestamp = at
		got, _, err := e.Eval(&routing.Event{Record: r})
		if want == "" && (err != nil || got != "2023-11-14T22:13:20.123Z") || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v: %q, %v; want %q", at, got, err, want)
		}
	}
}
