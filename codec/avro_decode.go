package codec

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

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// pick returns the only type there is.
func (t *avroType) pick(b []byte) (transcoder, []byte, error) { return t, b, nil }

// name is that of the branch where the type is a union.
func (t *avroType) name(payload []byte) string {
	if t.kind != avroUnion {
		return t.full
	}
	r := avroReader{in: payload}
	if n, err := r.varint(); err == nil && n >= 0 && n < int64(len(t.branches)) {
		return t.branches[n].full
	}
	return ""
}

// names are those of all types that a value may be of.
func (t *avroType) names() []string {
	if t.kind != avroUnion {
		return []string{t.full}
	}
	var all []string
	for _, b := range t.branches {
		all = append(all, b.full)
	}
	return all
}

var errRest = errors.New("there are bytes after its end")

func (t *avroType) transcode(out, payload []byte) ([]byte, error) {
	r := avroReader{in: payload, out: out}
	if err := r.value(t); err != nil {
		return nil, err
	}
	if len(r.in) > 0 {
		return nil, errRest
	}
	return r.out, nil
}

// avroReader reads binary Avro from in and writes it as JSON to out.
type avroReader struct {
	in    []byte
	out   []byte
	depth int
	idle  int // items that took no input
}

// maxIdle bounds the items that take no input, of which a few bytes can claim any number.
const maxIdle = 1 << 16

// value reads one value. Nothing is allocated by a length that the input claims: strings and bytes
// are bounded by what is there, items by maxIdle and maxDecoded.
func (r *avroReader) value(t *avroType) error {
	switch t.kind {
	case avroRecord, avroArray, avroMap:
		if r.depth++; r.depth > MaxDepth {
			return errTooDeep
		}
		if len(r.out) > maxDecoded {
			return errTooLarge
		}
		err := r.container(t)
		r.depth--
		return err
	case avroUnion:
		return r.union(t)
	case avroNull:
		r.out = append(r.out, "null"...)
		return nil
	case avroBoolean:
		b, err := r.take(1)
		if err != nil {
			return err
		}
		r.out = strconv.AppendBool(r.out, b[0] != 0)
		return nil
	case avroFloat:
		b, err := r.take(4)
		if err != nil {
			return err
		}
		r.out = appendFloat(r.out, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
		return nil
	case avroDouble:
		b, err := r.take(8)
		if err != nil {
			return err
		}
		r.out = appendFloat(r.out, math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
		return nil
	case avroString, avroBytes, avroDecimalBytes, avroBigDecimal:
		b, err := r.bytes()
		if err != nil {
			return err
		}
		return r.run(t, b)
	case avroFixed, avroDecimalFixed, avroUUIDFixed, avroDuration:
		b, err := r.take(t.size)
		if err != nil {
			return err
		}
		return r.run(t, b)
	case avroMissing:
		return fmt.Errorf("its type %q is defined neither by the schema nor by what it refers to", excerpt.Of(t.full))
	}
	return r.number(t)
}

func (r *avroReader) container(t *avroType) error {
	switch t.kind {
	case avroRecord:
		return r.record(t)
	case avroMap:
		return r.items('{', '}', t, true)
	default:
		return r.items('[', ']', t, false)
	}
}

func (r *avroReader) record(t *avroType) error {
	r.out = append(r.out, '{')
	for i := range t.fields {
		f := &t.fields[i]
		r.out = append(r.out, f.key...)
		if err := r.value(f.typ); err != nil {
			return within(f.name, err)
		}
	}
	r.out = append(r.out, '}')
	return nil
}

// items reads the blocks of an array or a map, up to the empty one.
func (r *avroReader) items(open, end byte, t *avroType, keys bool) error {
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
			if len(r.out) > maxDecoded {
				return errTooLarge
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

func (r *avroReader) union(t *avroType) error {
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
func (r *avroReader) number(t *avroType) error {
	v, err := r.varint()
	if err != nil {
		return err
	}
	switch t.kind {
	case avroInt, avroDate, avroTimeMillis, avroEnum:
		if v != int64(int32(v)) { //nolint:gosec // that is the question
			return errVarint
		}
	default:
	}
	switch t.kind {
	case avroEnum:
		if v < 0 || v >= int64(len(t.symbols)) {
			return fmt.Errorf("an enum has no symbol %d", v)
		}
		r.out = append(r.out, t.symbols[v]...)
	case avroDate:
		r.out = appendDate(r.out, v)
	case avroTimeMillis:
		r.out, err = appendTimeOfDay(r.out, v, time.Millisecond)
	case avroTimeMicros:
		r.out, err = appendTimeOfDay(r.out, v, time.Microsecond)
	case avroTimestamp:
		r.out = appendTimestamp(r.out, v, t)
	default:
		r.out = strconv.AppendInt(r.out, v, 10)
	}
	return err
}

// run writes what is a run of bytes in binary.
func (r *avroReader) run(t *avroType, b []byte) (err error) {
	switch t.kind {
	case avroString:
		return r.text(b)
	case avroDecimalBytes, avroDecimalFixed:
		r.out, err = appendDecimal(r.out, b, t.scale)
	case avroBigDecimal:
		err = r.bigDecimal(b)
	case avroUUIDFixed:
		r.out = append(appendUUID(append(r.out, '"'), b), '"')
	case avroDuration:
		r.out = append(append(append(r.out, '"'), avro.DurationFromBytes(b).String()...), '"')
	default:
		if !fits(r.out, base64.StdEncoding.EncodedLen(len(b))) {
			return errTooLarge
		}
		r.out = appendBase64(r.out, b)
	}
	return err
}

// bigDecimal writes a decimal that carries its own scale.
func (r *avroReader) bigDecimal(b []byte) (err error) {
	inner := avroReader{in: b}
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
func (r *avroReader) text(b []byte) error {
	if !fits(r.out, escapedLen(b)) {
		return errTooLarge
	}
	out, ascii := appendString(r.out, b)
	if !ascii && !utf8.Valid(b) {
		return errNotUTF8
	}
	r.out = out
	return nil
}

var errIdle = fmt.Errorf("more than %d items take no bytes", maxIdle)

var errVarint = errors.New("a number is out of range")

func (r *avroReader) varint() (int64, error) {
	if len(r.in) > 0 && r.in[0] < 0x80 {
		v := r.in[0]
		r.in = r.in[1:]
		return int64(v>>1) ^ -int64(v&1), nil
	}
	v, n := binary.Varint(r.in)
	switch {
	case n == 0:
		return 0, errShort
	case n < 0:
		return 0, errVarint
	}
	r.in = r.in[n:]
	return v, nil
}

func (r *avroReader) bytes() ([]byte, error) {
	n, err := r.varint()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > int64(len(r.in)) {
		return nil, errShort
	}
	return r.take(int(n))
}

func (r *avroReader) take(n int) ([]byte, error) {
	if n > len(r.in) {
		return nil, errShort
	}
	b := r.in[:n:n]
	r.in = r.in[n:]
	return b, nil
}
