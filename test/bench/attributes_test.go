package main

import (
	"maps"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

func TestAttributesAreThoseOfTheRecord(t *testing.T) {
	d := base(100)
	r := d.record(7)
	text := func(v string) fake.Attribute { return fake.Attribute{Type: "String", String: v} }
	good := map[string]fake.Attribute{
		"correlation_id": text(string(r.Headers[0].Value)), "kafka_key": text("customer-0007"), "kafka_topic": text("t"),
		"kafka_position": text("7:12"), "kafka_timestamp": text("1700000000000"),
	}
	if wrong := wrongAttributes(fake.Entry{Body: string(r.Value), Attributes: good}, d); wrong != "" {
		t.Error(wrong)
	}
	for name, change := range map[string]func(map[string]fake.Attribute){
		"one missing":           func(m map[string]fake.Attribute) { delete(m, "kafka_timestamp") },
		"one too many":          func(m map[string]fake.Attribute) { m["kafka_lag"] = text("0") },
		"of another record":     func(m map[string]fake.Attribute) { m["correlation_id"] = text("x") },
		"of another partition":  func(m map[string]fake.Attribute) { m["kafka_position"] = text("1:12") },
		"of another type":       func(m map[string]fake.Attribute) { m["kafka_key"] = fake.Attribute{Type: "Binary"} },
		"a time in other words": func(m map[string]fake.Attribute) { m["kafka_timestamp"] = text("2023-11-14T22:13:20Z") },
	} {
		m := maps.Clone(good)
		change(m)
		if wrongAttributes(fake.Entry{Body: string(r.Value), Attributes: m}, d) == "" {
			t.Errorf("%s: nothing is said", name)
		}
	}
}
