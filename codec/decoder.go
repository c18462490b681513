package codec

import (
	"errors"
	"fmt"
)

// Options say how the values of one topic are read.
type Options struct {
	Format Format
	// Registry knows the schemas; formats without schemas need none.
	Registry *Registry
}

// Decoder decodes the values of one topic. Any number of goroutines may use it.
type Decoder struct {
	format   Format
	registry *Registry
	topic    int32 // see Registry.topic; 0 where nobody asks for subjects
	needed   bool  // they are
	json     bool
	binary   bool
	schemas  bool
}

// NewDecoder returns a decoder.
func NewDecoder(opts Options) (*Decoder, error) {
	format, err := ParseFormat(string(opts.Format))
	if err != nil {
		return nil, err
	}
	if format.Schemas() && opts.Registry == nil {
		return nil, fmt.Errorf("the format %s needs a schema registry", format)
	}
	return &Decoder{
		format:   format,
		registry: opts.Registry,
		json:     format == FormatJSON,
		binary:   format == FormatBytes || format == FormatAvro || format == FormatProtobuf,
		schemas:  format.Schemas(),
	}, nil
}

// Format returns the format of the values.
func (d *Decoder) Format() Format { return d.format }

// WithSubjects returns a decoder of a topic's values that also says which subject and version a schema
// has, for which the registry is asked once more. Where they are not needed, a registry that has trouble with
// that is not waited for, and they are left out.
func (d *Decoder) WithSubjects(topic string, needed bool) *Decoder {
	if !d.schemas {
		return d
	}
	with := *d
	with.topic, with.needed = d.registry.topic(topic), needed
	return &with
}

// Decode reads a record's value. It never blocks. With want false nobody will look into the value,
// so it is not decoded: whatever it holds, there is no error.
//
// Formats without schemas never fail. The others fail with ErrPending while the schema is not
// known, and with an *UndecodableError where the value will never decode. A value that is not there
// (a tombstone) is no error in any format.
func (d *Decoder) Decode(raw []byte, want bool) (Value, error) {
	v := Value{Raw: raw, Binary: d.binary}
	switch {
	case !want:
	case d.json:
		v.JSON = jsonDocument(raw)
	case d.schemas && len(raw) > 0:
		err := d.decode(&v, nil, raw)
		return v, err
	}
	return v, nil
}

// Ahead has the schema of a value fetched that is to be decoded later, header as in DecodeWithHeader. It
// returns the schema's name while that is not known, and whether further ones may be asked for now.
func (d *Decoder) Ahead(header, raw []byte) (pending string, more bool) {
	if !d.schemas || len(raw) == 0 {
		return "", true
	}
	if len(header) == 0 {
		header = nil
	}
	key, _, err := named(header, raw)
	if err != nil {
		return "", true
	}
	key.topic, key.needed = d.topic, d.needed
	waits, more := d.registry.ahead(key)
	if waits {
		pending = key.String()
	}
	return pending, more
}

// Registry returns the hosts that are asked for the schemas, for people to read; empty where a format
// has none.
func (d *Decoder) Registry() string {
	if d.registry == nil {
		return ""
	}
	return d.registry.hosts()
}

// DecodeWithHeader is Decode for a record that may name its schema in SchemaHeader; header is that
// header's value. Without one the id is looked for before the value.
func (d *Decoder) DecodeWithHeader(header, raw []byte, want bool) (Value, error) {
	if len(header) == 0 || !want || !d.schemas || len(raw) == 0 {
		return d.Decode(raw, want)
	}
	v := Value{Raw: raw, Binary: d.binary}
	err := d.decode(&v, header, raw)
	return v, err
}

// named reads which schema a value names, in the header where there is one, and returns what follows
// the id there.
func named(header, raw []byte) (key schemaKey, rest []byte, err error) {
	in := raw
	if header != nil {
		in = header
	}
	key, rest, ok := cutKey(in)
	switch {
	case !ok && header != nil:
		return key, nil, &UndecodableError{Reason: ReasonHeader, Err: errBadHeader}
	// A GUID before the value is nothing that producers write.
	case !ok || header == nil && raw[0] != magicID:
		return key, nil, &UndecodableError{Reason: ReasonHeader, Err: noHeader(raw)}
	case !key.valid():
		if header == nil && foreign(raw) != "" {
			return key, nil, &UndecodableError{Reason: ReasonHeader, Err: noHeader(raw)}
		}
		return key, nil, &UndecodableError{Reason: ReasonUnknownSchema, Schema: key.String(), Err: errNoSuchID}
	}
	return key, rest, nil
}

// decode sets what raw is as JSON, and by which schema. The id comes from the header where there is one.
func (d *Decoder) decode(v *Value, header, raw []byte) error {
	key, rest, err := named(header, raw)
	if err != nil {
		return err
	}
	payload := rest
	if header != nil {
		payload = raw
	}
	key.topic, key.needed = d.topic, d.needed
	s, err := d.registry.schema(key)
	if err != nil {
		if no := new(UndecodableError); header == nil && errors.As(err, &no) && no.Reason == ReasonUnknownSchema && foreign(raw) != "" {
			err = &UndecodableError{Reason: ReasonHeader, Err: noHeader(raw)}
		}
		return err
	}
	if format := formatOf(s.Kind); format != d.format {
		return &UndecodableError{Reason: ReasonSchemaType, Schema: key.String(),
			Err: fmt.Errorf("it is of type %s and the topic's format is %s", format, d.format)}
	}
	if d.format == FormatJSONSchema {
		if v.JSON, err = jsonPayload(key, payload); err == nil {
			v.Schema, v.Name = &s.about, s.Title
		}
		return err
	}
	// The message indexes follow the id, wherever that is.
	pick, rest, err := s.Pick(rest)
	if err != nil {
		return &UndecodableError{Reason: ReasonHeader, Schema: key.String(), Err: err}
	}
	if header == nil {
		payload = rest
	}
	out, err := s.decode(pick, payload)
	if err != nil {
		return &UndecodableError{Reason: ReasonData, Schema: key.String(), Err: err}
	}
	v.JSON, v.Schema, v.Name = out, &s.about, pick.Name(payload)
	return nil
}

// jsonPayload checks a value that is JSON already. It is not held against its schema, as it is not
// by the deserializers of Confluent unless they are told to: that is what the producer did.
func jsonPayload(key schemaKey, payload []byte) ([]byte, error) {
	doc := jsonDocument(payload)
	if doc == nil {
		return nil, &UndecodableError{Reason: ReasonData, Schema: key.String(), Err: NotJSON(payload)}
	}
	return doc, nil
}
