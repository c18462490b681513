package avro

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"
)

const (
	// maxScale bounds the digits after the point: the text of a decimal is as long.
	maxScale = 1000
	// maxUnscaled bounds the bytes of a decimal: turning them into digits takes ever longer.
	maxUnscaled = 1024
)

// timeUnit is the unit of a timestamp.
type timeUnit uint8

const (
	unitMillis timeUnit = iota
	unitMicros
	unitNanos
)

// All digits of the unit are written, so that timestamps of one field sort as text.
var timeLayouts = [...]string{"2006-01-02T15:04:05.000", "2006-01-02T15:04:05.000000", "2006-01-02T15:04:05.000000000"}

// setLogical refines t, which is of a primitive type or a fixed. What it does not know, or is not what
// the specification says, stays of the type below, as the specification wants it.
func setLogical(t *valueType, o jsonObject) {
	logical, _ := o["logicalType"].(string)
	is := func(kind typeKind, name string) bool { return t.kind == kind && logical == name }
	switch {
	case is(kindInt, "date"):
		t.kind = kindDate
	case is(kindInt, "time-millis"):
		t.kind = kindTimeMillis
	case is(kindLong, "time-micros"):
		t.kind = kindTimeMicros
	case is(kindLong, "timestamp-millis"), is(kindLong, "local-timestamp-millis"):
		setTimestamp(t, logical, unitMillis)
	case is(kindLong, "timestamp-micros"), is(kindLong, "local-timestamp-micros"):
		setTimestamp(t, logical, unitMicros)
	case is(kindLong, "timestamp-nanos"), is(kindLong, "local-timestamp-nanos"):
		setTimestamp(t, logical, unitNanos)
	case is(kindBytes, "decimal"), is(kindFixed, "decimal"):
		setDecimal(t, o)
	case is(kindBytes, "big-decimal"):
		t.kind = kindBigDecimal
	case is(kindFixed, "uuid") && t.size == 16:
		t.kind = kindUUIDFixed
	case is(kindFixed, "duration") && t.size == 12:
		t.kind = kindDuration
	}
}

func setTimestamp(t *valueType, logical string, unit timeUnit) {
	t.kind, t.unit, t.local = kindTimestamp, unit, logical[0] == 'l'
}

// setDecimal makes t a decimal where its precision and scale are valid (Avro specification, "Decimal").
func setDecimal(t *valueType, o jsonObject) {
	precision, ok := whole(o["precision"])
	scale, scaled := whole(o["scale"])
	switch {
	case !ok || precision < 1:
	case o["scale"] != nil && !scaled, scale < 0, scale > precision:
	case t.kind == kindBytes:
		t.kind, t.scale = kindDecimalBytes, scale
	case float64(precision) <= math.Floor(math.Log10(2)*float64(8*t.size-1)):
		t.kind, t.scale = kindDecimalFixed, scale
	}
}

func appendDate(out []byte, days int64) []byte {
	return time.Unix(days*86400, 0).UTC().AppendFormat(out, `"2006-01-02"`)
}

func appendTimestamp(out []byte, v int64, t *valueType) []byte {
	var at time.Time
	switch t.unit {
	case unitMillis:
		at = time.UnixMilli(v)
	case unitMicros:
		at = time.UnixMicro(v)
	case unitNanos:
		at = time.Unix(0, v)
	}
	out = at.UTC().AppendFormat(append(out, '"'), timeLayouts[t.unit])
	if !t.local {
		out = append(out, 'Z')
	}
	return append(out, '"')
}

var errTimeOfDay = errors.New("a time of day is beyond the day")

// appendTimeOfDay appends the time that long after midnight, with so many digits after the point.
func appendTimeOfDay(out []byte, v int64, unit time.Duration) ([]byte, error) {
	if v < 0 || v >= int64(24*time.Hour/unit) {
		return nil, errTimeOfDay
	}
	layout := `"15:04:05.000"`
	if unit == time.Microsecond {
		layout = `"15:04:05.000000"`
	}
	return time.Unix(0, v*int64(unit)).UTC().AppendFormat(out, layout), nil
}

var errDecimal = fmt.Errorf("a decimal has more than %d bytes or a scale beyond %d", maxUnscaled, maxScale)

// appendDecimal appends big-endian two's complement, scaled, as the exact number with all digits of
// the scale.
func appendDecimal(out, unscaled []byte, scale int) ([]byte, error) {
	if len(unscaled) > maxUnscaled || scale > maxScale || scale < -maxScale {
		return nil, errDecimal
	}
	start := len(out)
	if len(unscaled) <= 8 {
		var v int64
		if len(unscaled) > 0 {
			v = int64(int8(unscaled[0])) //nolint:gosec // the sign is in the first bit
			for _, b := range unscaled[1:] {
				v = v<<8 | int64(b)
			}
		}
		out = strconv.AppendInt(out, v, 10)
	} else {
		n := new(big.Int).SetBytes(unscaled)
		if unscaled[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(unscaled))*8))
		}
		out = n.Append(out, 10)
	}
	return placePoint(out, start, scale), nil
}

// placePoint puts the decimal point into the integer at the end of out, which begins at start.
func placePoint(out []byte, start, scale int) []byte {
	if out[start] == '-' {
		start++
	}
	if scale <= 0 {
		if out[start] == '0' {
			return out
		}
		for ; scale < 0; scale++ {
			out = append(out, '0')
		}
		return out
	}
	digits := len(out) - start
	pad := max(scale+1-digits, 0) // zeros in front, so that one digit is before the point
	for range pad + 1 {
		out = append(out, '0')
	}
	copy(out[start+pad:], out[start:start+digits])
	for i := range pad {
		out[start+i] = '0'
	}
	point := start + pad + digits - scale
	copy(out[point+1:], out[point:len(out)-1])
	out[point] = '.'
	return out
}
