package main

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/doctor"
	findings "github.com/sluice-bridge/sluice/doctor/report"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/report"
)

// What somebody else wrote does nothing to a terminal, and makes no lines of its own.
func TestForeignTextIsQuoted(t *testing.T) {
	t.Parallel()
	const hostile = "x\x1b[1A\x1b[2K\x1b]0;owned\a\u009b\u202e\r\n1 dead letters, all harmless\t"
	for name, tell := range map[string]func(w *bytes.Buffer){
		"route": func(w *bytes.Buffer) {
			out := bufio.NewWriter(w)
			x := &pipeline.Explanation{}
			x.Event.Record = &kgo.Record{Topic: "t", Key: []byte(hostile)}
			_ = report.NewText(out, readsNothing(t)).Print(x, errors.New(hostile))
			_ = out.Flush()
		},
		"events that cannot be read": func(w *bytes.Buffer) {
			printUnread(w)(hostile, errors.New(hostile))
		},
		"checks":  func(w *bytes.Buffer) { findings.Check(w, doctor.Check{Place: hostile, Message: hostile}) },
		"summary": func(w *bytes.Buffer) { _ = findings.Summary(w, hostile, &config.Config{Unmatched: hostile}) },
		"usage":   func(w *bytes.Buffer) { execute([]string{"validate", "-c", hostile}, nil, w, w) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w bytes.Buffer
			tell(&w)
			text := w.String()
			if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%q is printed as it is, in %q", text[i:min(len(text), i+5)], text)
			}
			if strings.Contains(text, "\n1 dead letters, all harmless") || !strings.Contains(text, "harmless") {
				t.Errorf("a line of its own, or nothing: %q", text)
			}
		})
	}
}

// readsNothing forecasts by the smallest configuration.
func readsNothing(t *testing.T) *forecast.Forecaster {
	t.Helper()
	cfg, err := config.Parse([]byte("kafka: {brokers: [b:9092], group: g}\naws: {region: eu-west-1}\ndestinations: {a: {sqs: a}}\nrules: [{topics: [orders], to: [a]}]\n"), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := forecast.NewOffline(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
