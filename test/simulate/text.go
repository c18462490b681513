package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// defaults is the simplest scenario: what a text leaves out, and what shrinking goes to.
func defaults() *Scenario {
	return &Scenario{Brokers: 1, Members: 1, Latency: 200 * time.Microsecond, Setup: Setup{
		Start: "earliest", Unmatched: "drop", InFlight: 20000, Bytes: 64 << 20,
		Session: 45 * time.Second, Drain: 30 * time.Second, Commit: time.Second, Tombstones: "send",
	}}
}

// Read returns the scenario of a text that Text wrote. A field that it does not know is an error: the
// scenario would not be the one that was meant.
func Read(text []byte) (*Scenario, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var from any
	if err := d.Decode(&from); err != nil {
		return nil, err
	}
	sc := defaults()
	return sc, read(from, reflect.ValueOf(sc).Elem(), "scenario")
}

// Text is a scenario as JSON, with durations as Go writes them and without what is as in defaults, so
// that it stays readable, and the same scenario, where fields are added.
func (sc *Scenario) Text() []byte {
	var b bytes.Buffer
	write(&b, reflect.ValueOf(sc).Elem(), reflect.ValueOf(defaults()).Elem(), "\n")
	return append(b.Bytes(), '\n')
}

var duration = reflect.TypeFor[time.Duration]()

// name is that of a field in a text.
func name(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func read(from any, into reflect.Value, path string) error {
	switch text, isText := from.(string); {
	case into.Kind() == reflect.Struct:
		object, ok := from.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is not an object", path)
		}
		return readFields(object, into, path)
	case into.Kind() == reflect.Slice:
		list, ok := from.([]any)
		if !ok {
			return fmt.Errorf("%s is not a list", path)
		}
		into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
		for i := range list {
			if err := read(list[i], into.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return nil
	case into.Type() == duration && isText:
		d, err := time.ParseDuration(text)
		into.SetInt(int64(d))
		return err
	default:
		text, err := json.Marshal(from)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, into.Addr().Interface()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
}

func readFields(object map[string]any, into reflect.Value, path string) error {
	known := map[string]bool{}
	for i := range into.NumField() {
		n := name(into.Type().Field(i))
		known[n] = true
		if v, ok := object[n]; ok {
			if err := read(v, into.Field(i), path+"."+n); err != nil {
				return err
			}
		}
	}
	for n := range object {
		if !known[n] {
			return fmt.Errorf("%s has no field %q", path, n)
		}
	}
	return nil
}

// write writes what is not as in zero. Elements of lists stand in one line each; newline is a line's end
// and what the next begins with, or a space within one.
func write(b *bytes.Buffer, v, zero reflect.Value, newline string) {
	deeper := newline
	if newline != " " {
		deeper += "  "
	}
	switch {
	case v.Kind() == reflect.Struct:
		separate := list(b, '{', '}', newline)
		for i := range v.NumField() {
			if reflect.DeepEqual(v.Field(i).Interface(), zero.Field(i).Interface()) {
				continue
			}
			separate(deeper)
			fmt.Fprintf(b, "%q: ", name(v.Type().Field(i)))
			write(b, v.Field(i), zero.Field(i), deeper)
		}
		separate("")
	case v.Kind() == reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Struct {
			newline, deeper = " ", " "
		}
		separate := list(b, '[', ']', newline)
		for i := range v.Len() {
			separate(deeper)
			write(b, v.Index(i), reflect.Zero(v.Type().Elem()), " ")
		}
		separate("")
	case v.Type() == duration:
		fmt.Fprintf(b, "%q", v.Interface())
	default:
		text, err := json.Marshal(v.Interface())
		if err != nil {
			panic(err) // numbers, texts and their like only
		}
		b.Write(text)
	}
}

// list begins a list and returns what stands before each of its elements; an empty separator ends it.
func list(b *bytes.Buffer, open, end byte, newline string) func(separator string) {
	b.WriteByte(open)
	first := true
	return func(separator string) {
		switch {
		case separator == "" && !first && newline != " ":
			b.WriteString(newline + string(end))
		case separator == "":
			b.WriteByte(end)
		default:
			if !first {
				b.WriteByte(',')
			}
			if !first || separator != " " {
				b.WriteString(separator)
			}
			first = false
		}
	}
}
