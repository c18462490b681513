package message

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// incoming is a CloudEvent that a record is already, in binary or in structured mode (CloudEvents 1.0, Kafka
// Protocol Binding, section 3). Nil stands for none.
type incoming struct {
	members []eventMember // in the order of the event
	// structured: the data is among the members. Else it is the value, of the type in dataType.
	structured bool
	dataType   string
}

// incomingEvent returns nil where the record is no CloudEvent, or one that readers would refuse. A value that
// is one in structured mode is known by its attributes: many producers do not say so in content-type.
func incomingEvent(ev *routing.Event, st *RecordInfo) *incoming {
	in := binaryEvent(ev.Record)
	if in == nil {
		in = structuredEvent(ev, st)
	}
	if in == nil || !in.valid() {
		return nil
	}
	return in
}

func binaryEvent(r *kgo.Record) *incoming {
	const prefix, kind = "ce_", "content-type"
	if HeaderOf(r, prefix+"specversion") == nil {
		return nil
	}
	dataType := string(HeaderOf(r, kind))
	if strings.HasPrefix(dataType, "application/cloudevents") {
		return nil
	}
	in := &incoming{}
	if mediaType(dataType) {
		in.dataType = dataType
	}
	for _, h := range r.Headers {
		name, ok := strings.CutPrefix(h.Key, prefix)
		if ok && eventName(name) && eventText(string(h.Value)) && !slices.Contains(ofData, name) {
			in.set(eventMember{name, string(jsontext.AppendText(nil, h.Value))})
		}
	}
	return in
}

// structuredEvent looks into a value that is sent as JSON.
func structuredEvent(ev *routing.Event, st *RecordInfo) *incoming {
	if !bytes.Contains(st.Value, []byte("specversion")) || !sendable(st.Value) {
		return nil
	}
	kind := st.Kind
	if kind == 0 {
		kind = jsonOrText(ev, st.Value)
	}
	doc := gjson.ParseBytes(jsontext.SkipMark(st.Value))
	if kind != expr.ContentJSON || !doc.IsObject() {
		return nil
	}
	in := &incoming{structured: true}
	doc.ForEach(func(key, value gjson.Result) bool {
		in.set(eventMember{key.String(), value.Raw})
		return true
	})
	in.members = slices.DeleteFunc(in.members, eventMember.unset)
	return in
}

// set adds a member; of a name that is repeated the last one counts.
func (in *incoming) set(m eventMember) {
	if i := in.index(m.name); i >= 0 {
		in.members[i] = m
		return
	}
	in.members = append(in.members, m)
}

func (in *incoming) index(name string) int {
	return slices.IndexFunc(in.members, func(m eventMember) bool { return m.name == name })
}

// has says whether there is such a member; there is none without an event.
func (in *incoming) has(name string) bool { return in != nil && in.index(name) >= 0 }

// valid says whether the event has what each must have, and nothing that readers refuse.
func (in *incoming) valid() bool {
	for _, name := range []string{"specversion", "id", "source", "type"} {
		if !in.has(name) {
			return false
		}
	}
	return !slices.ContainsFunc(in.members, func(m eventMember) bool { return !m.valid() }) && !(in.has("data") && in.has("data_base64"))
}

// ofData are the members that belong to the data.
var ofData = []string{"datacontenttype", "data", "data_base64"}

// appendAttributes writes the attributes after the version: as they are, or as the expressions say. Other data
// is not of the schema of what came.
func (in *incoming) appendAttributes(b []byte, said map[string]string, reshaped bool) []byte {
	for _, m := range in.members {
		switch {
		case m.name == "specversion" || slices.Contains(ofData, m.name) || reshaped && m.name == "dataschema":
		case said[m.name] != "":
			b = appendMember(b, m.name, said[m.name])
		case m.name == "time":
			b = appendMember(b, m.name, upperTime(m.text()))
		default:
			b = m.append(b)
		}
	}
	if !in.has("subject") {
		b = appendMember(b, "subject", said["subject"])
	}
	return b
}

// appendData writes the data of an event in structured mode.
func (in *incoming) appendData(b []byte) []byte {
	for _, m := range in.members {
		if slices.Contains(ofData, m.name) {
			b = m.append(b)
		}
	}
	return b
}
