package fault

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// side is one more destination, and topics whose records are of other kinds than the events: few of many
// for it, or decoded by schemas of a registry of its own. What comes of them is counted only.
type side struct {
	w        *World
	registry *httptest.Server
	knows    atomic.Bool // its schemas
	queue    *fake.Queue
	letters  atomic.Int64 // of records of these topics
	expected int          // messages
}

// sideTopic is one of few, schemas, rows and nests.
func (w *World) sideTopic(kind string) string { return w.topic + "-" + kind }

const (
	schemaOf   = 1 // id and a text, Avro
	schemaRows = 2 // rows of forty fields that may be null, Avro
	schemaNest = 3 // messages in messages, Protobuf
)

// manyPartitions are those of the topic schemas.
const manyPartitions = 150

func sideSchema(id string) (schema, kind string) {
	switch id {
	case fmt.Sprint(schemaOf):
		return `{"type":"record","name":"R","fields":[{"name":"id","type":"long"},{"name":"pad","type":"string"}]}`, "AVRO"
	case fmt.Sprint(schemaRows):
		var fields []string
		for n := range 40 {
			fields = append(fields, fmt.Sprintf(`{"name":"field_%d","type":["null","string"]}`, n))
		}
		return `{"type":"array","items":{"type":"record","name":"Row","fields":[` + strings.Join(fields, ",") + `]}}`, "AVRO"
	case fmt.Sprint(schemaNest):
		return `syntax = "proto3"; message M { repeated M all = 1; }`, "PROTOBUF"
	}
	return "", ""
}

func (s *side) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	schema, kind := sideSchema(strings.TrimPrefix(r.URL.Path, "/schemas/ids/"))
	if !s.knows.Load() || schema == "" {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"schema": schema, "schemaType": kind})
}

// gatherSide makes what it needs, where the settings want one.
func (w *World) gatherSide() error {
	if !w.setting.side {
		return nil
	}
	s := &side{w: w}
	s.registry = httptest.NewServer(s)
	w.side = s
	var err error
	if s.queue, err = w.aws.CreateQueue("side", fake.QueueOptions{Retain: fake.CountOnly}); err != nil {
		return err
	}
	for kind, n := range map[string]int32{"few": partitions, "rows": partitions, "nests": partitions, "schemas": manyPartitions} {
		if _, err := w.admin.CreateTopic(w.ctx, n, 1, nil, w.sideTopic(kind)); err != nil {
			return err
		}
	}
	return nil
}

// sideConfig is its part of the configuration: keys of the top, a destination, rules.
func (w *World) sideConfig() (top, destination, rules string) {
	if w.side == nil {
		return "", "", ""
	}
	top = fmt.Sprintf("schema_registry: {urls: [%q]}\ntopics:\n", w.side.registry.URL)
	for kind, format := range map[string]string{"schemas": "avro", "rows": "avro", "nests": "protobuf"} {
		top += fmt.Sprintf("  %s: {format: %s, deliver: json}\n", w.sideTopic(kind), format)
	}
	few := w.sideTopic("few")
	return top, "  side: {sqs: side, retry: *retry}\n", fmt.Sprintf(`  - {name: few, topics: [%s], match: {few: [true]}, to: [side]}
  - {name: many, topics: [%[1]s], match: {few: [false]}, drop: true}
  - {name: side, topics: [%s, %s, %s], to: [side]}
`, few, w.sideTopic("schemas"), w.sideTopic("rows"), w.sideTopic("nests"))
}

// buried counts a letter of one of its topics; false where it is of another.
func (s *side) buried(r *kgo.Record) bool {
	for _, h := range r.Headers {
		for _, kind := range []string{"rows", "nests"} {
			if h.Key == "sluice-source" && strings.HasPrefix(string(h.Value), s.w.sideTopic(kind)+"/") {
				s.letters.Add(1)
				return true
			}
		}
	}
	return false
}

// served waits until every message that is expected has arrived, and so many letters.
func (s *side) served(letters int) error {
	return s.w.until("everything for the side to arrive", func() bool {
		return s.queue.Count() >= s.expected && int(s.letters.Load()) >= letters
	})
}
