package yamlconf

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// ranged checks a number, duration or size against the range of its field.
func (d decoder) ranged(path string, out reflect.Value, f Field) {
	if f.Range == "" {
		return
	}
	limits, zeroAllowed := strings.CutPrefix(f.Range, "0|")
	if zeroAllowed && out.Int() == 0 {
		return
	}
	least, most, _ := strings.Cut(limits, "..")
	switch {
	case least != "" && out.Int() < limit(least, out.Type()):
		d.Unreadf(path, "%v is below the least allowed, %s", printed(out), least)
	case most != "" && out.Int() > limit(most, out.Type()):
		d.Unreadf(path, "%v is above the most allowed, %s", printed(out), most)
	}
}

func printed(v reflect.Value) string { return fmt.Sprint(v.Interface()) }

// limit reads one end of a range in the notation of the field.
func limit(text string, t reflect.Type) int64 {
	v := reflect.New(t)
	if n, ok := v.Interface().(Notation); ok {
		if err := n.UnmarshalText([]byte(text)); err != nil {
			panic("yamlconf: range " + text + ": " + err.Error())
		}
		return v.Elem().Int()
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("yamlconf: range " + text + ": " + err.Error())
	}
	return n
}
