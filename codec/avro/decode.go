package avro

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/twmb/avro"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/codec/schema"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Pick returns the only type there is.
func (t *valueType) Pick(b []byte) (schema.Transcoder, []byte, error) { return t, b, nil }

// Name is that of the branch where the type is a union.
func (t *valueType) Name(payload []byte) string {
	if t.kind != kindUnion {
		return t.full
	}
	r := transcoding{in: payload}
	if n, err := r.varint(); err == nil && n >= 0 && n < int64(len(t.branches)) {
		return t.branches[n].full
	}
	return ""
}

// names are those of all types that a value may be of.
func (t *valueType) names() []string {
	if t.kind != kindUnion {
		return []string{t.full}
	}
	var all []string
	for _, b := range t.branches {
		all = append(all, b.full)
	}
	return all
}

var errRest = errors.New("there are bytes after its end")

func (t *valueType) Transcode(out, payload []byte) ([]byte, error) {
	r := transcoding{in: payload, out: out}
	if err := r.value(t); err != nil {
		return nil, err
	}
	if len(r.in) > 0 {
		return nil, errRest
	}
	return r.out, nil
}

// transcoding reads binary Avro from in and writes it as JSON to out.
type transcoding struct {
	in    []byte
	out   []byte
	depth int
	idle  int // items that took no input
}

// maxIdle bounds the items that take no input, of which a few bytes can claim any number.
const maxIdle = 1 << 16

// value reads one value. Nothing is allocated by a length that the input claims: strings and bytes
// are bounded by what is there, items by maxIdle, and all of it by what it makes of JSON.
func (r *transcoding) value(t *valueType) error {
	switch t.kind {
	case kindRecord, kindArray, kindMap:
		if r.depth++; r.depth > jsontext.MaxDepth {
			return jsontext.ErrTooDeep
		}
		if len(r.out) > jsontext.MaxDecoded {
			return jsontext.ErrTooLarge
		}
		err := r.container(t)
		r.depth--
		return err
	case kindUnion:
		return r.union(t)
	case kindNull:
		r.out = append(r.out, "null"...)
		return nil
	case kindBoolean:
		b, err := r.take(1)
		if err != nil {
			return err
		}
		r.out = strconv.AppendBool(r.out, b[0] != 0)
		return nil
	case kindFloat:
		b, err := r.take(4)
		if err != nil {
			return err
		}
		r.out = jsontext.AppendFloat(r.out, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
		return nil
	case kindDouble:
		b, err := r.take(8)
		if err != nil {
			return err
		}
		r.out = jsontext.AppendFloat(r.out, math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
		return nil
	case kindString, kindBytes, kindDecimalBytes, kindBigDecimal:
		b, err := r.bytes()
		if err != nil {
			return err
		}
		return r.run(t, b)
	case kindFixed, kindDecimalFixed, kindUUIDFixed, kindDuration:
		b, err := r.take(t.size)
		if err != nil {
			return err
		}
		return r.run(t, b)
	case kindMissing:
		return fmt.Errorf("its type %q is defined neither by the schema nor by what it refers to", excerpt.Of(t.full))
	}
	return r.number(t)
}

func (r *transcoding) container(t *valueType) error {
	switch t.kind {
	case kindRecord:
		return r.record(t)
	case kindMap:
		return r.items('{', '}', t, true)
	default:
		return r.items('[', ']', t, false)
	}
}

func (r *transcoding) record(t *valueType) error {
	r.out = append(r.out, '{')
	for i := range t.fields {
		f := &t.fields[i]
		r.out = append(r.out, f.key...)
		if err := r.value(f.typ); err != nil {
			return jsontext.Within(f.name, err)
		}
	}
	r.out = append(r.out, '}')
	return nil
}

// items reads the blocks of an array or a map, up to the empty one.
func (r *transcoding) items(open, end byte, t *valueType, keys bool) error {
	r.out = append(r.out, open)
	first := true
	for {
		count, err := r.varint()
		if err != nil {
			return err
		}
		if count == 0 {
			break
		}
		if count < 0 { // the block's size follows, for those who skip it
			if _, err := r.varint(); err != nil {
				return err
			}
			if count = -count; count < 0 {
				return errVarint
			}
		}
		for ; count > 0; count-- {
			if len(r.out) > jsontext.MaxDecoded {
				return jsontext.ErrTooLarge
			}
			if !first {
				r.out = append(r.out, ',')
			}
			first = false
			before := len(r.in)
			if keys {
				b, err := r.bytes()
				if err != nil {
					return err
				}
				if err := r.text(b); err != nil {
					return err
				}
				r.out = append(r.out, ':')
			}
			if err := r.value(t.item); err != nil {
				return err
			}
			if len(r.in) == before {
				if r.idle++; r.idle > maxIdle {
					return errIdle
				}
			}
		}
	}
	r.out = append(r.out, end)
	return nil
}

func (r *transcoding) union(t *valueType) error {
	n, err := r.varint()
	if err != nil {
		return err
	}
	if n < 0 || n >= int64(len(t.branches)) {
		return fmt.Errorf("a union has no branch %d", n)
	}
	return r.value(t.branches[n])
}

// number reads what is a varint in binary.
func (r *transcoding) number(t *valueType) error {
	v, err := r.varint()
	if err != nil {
		return err
	}
	switch t.kind {
	case kindInt, kindDate, kindTimeMillis, kindEnum:
		if v != int64(int32(v)) { //nolint:gosec // that is the question
			return errVarint
		}
	default:
	}
	switch t.kind {
	case kindEnum:
		if v < 0 || v >= int64(len(t.symbols)) {
			return fmt.Errorf("an enum has no symbol %d", v)
		}
		r.out = append(r.out, t.symbols[v]...)
	case kindDate:
		r.out = appendDate(r.out, v)
	case kindTimeMillis:
		r.out, err = appendTimeOfDay(r.out, v, time.Millisecond)
	case kindTimeMicros:
		r.out, err = appendTimeOfDay(r.out, v, time.Microsecond)
	case kindTimestamp:
		r.out = appendTimestamp(r.out, v, t)
	default:
		r.out = strconv.AppendInt(r.out, v, 10)
	}
	return err
}

// run writes what is a run of bytes in binary.
func (r *transcoding) run(t *valueType, b []byte) (err error) {
	switch t.kind {
	case kindString:
		return r.text(b)
	case kindDecimalBytes, kindDecimalFixed:
		r.out, err = appendDecimal(r.out, b, t.scale)
	case kindBigDecimal:
		err = r.bigDecimal(b)
	case kindUUIDFixed:
		r.out = append(jsontext.AppendUUID(append(r.out, '"'), b), '"')
	case kindDuration:
		r.out = append(append(append(r.out, '"'), avro.DurationFromBytes(b).String()...), '"')
	default:
		if !jsontext.Fits(r.out, base64.StdEncoding.EncodedLen(len(b))) {
			return jsontext.ErrTooLarge
		}
		r.out = jsontext.AppendBase64(r.out, b)
	}
	return err
}

// bigDecimal writes a decimal that carries its own scale.
func (r *transcoding) bigDecimal(b []byte) (err error) {
	inner := transcoding{in: b}
	unscaled, err := inner.bytes()
	if err != nil {
		return err
	}
	scale, err := inner.varint()
	if err != nil {
		return err
	}
	if scale > maxScale || scale < -maxScale {
		return errDecimal
	}
	r.out, err = appendDecimal(r.out, unscaled, int(scale))
	return err
}

// text writes a string. One that is not UTF-8 is an error, for JSON could only carry it altered.
func (r *transcoding) text(b []byte) error {
	if !jsontext.Fits(r.out, jsontext.EscapedLen(b)) {
		return jsontext.ErrTooLarge
	}
	out, ascii := jsontext.AppendString(r.out, b)
	if !ascii && !utf8.Valid(b) {
		return jsontext.ErrNotUTF8
	}
	r.out = out
	return nil
}

var errIdle = fmt.Errorf("more than %d items take no bytes", maxIdle)

var errVarint = errors.New("a number is out of range")

func (r *transcoding) varint() (int64, error) {
	if len(r.in) > 0 && r.in[0] < 0x80 {
		v := r.in[0]
		r.in = r.in[1:]
		return int64(v>>1) ^ -int64(v&1), nil
	}
	v, n := binary.Varint(r.in)
	switch {
	case n == 0:
		return 0, jsontext.ErrShort
	case n < 0:
		return 0, errVarint
	}
	r.in = r.in[n:]
	return v, nil
}

func (r *transcoding) bytes() ([]byte, error) {
	n, err := r.varint()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > int64(len(r.in)) {
		return nil, jsontext.ErrShort
	}
	return r.take(int(n))
}

func (r *transcoding) take(n int) ([]byte, error) {
	if n > len(r.in) {
		return nil, jsontext.ErrShort
	}
	b := r.in[:n:n]
	r.in = r.in[n:]
	return b, nil
}
