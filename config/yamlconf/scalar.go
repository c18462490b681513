package yamlconf

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

func (d decoder) text(path string, in any, out reflect.Value, f Field) {
	var text string
	switch v := in.(type) {
	case string:
		text = v
		if (v != "" && out.Type() == typeOf[Secret]() || f.credentials && holdsUser(v)) && d.Location(path).InFile() {
			d.Exposed = append(d.Exposed, path)
		}
	case yamldoc.Expanded:
		text = string(v)
	case json.Number, yamldoc.Truth:
		if out.Type() == typeOf[Secret]() {
			d.Unreadf(path, "this is %s where text is wanted; write it in quotes", kindOf(in))
			return
		}
		if _, number := in.(json.Number); number && f.condition() {
			d.Unreadf(path, "%s is a number where a condition is wanted; write one, as in value.total > 1", in)
			return
		}
		if f.like != "" {
			d.Unreadf(path, "%v is %s where text is wanted; write it like %q", in, kindOf(in), f.like)
			return
		}
		d.Unreadf(path, "this is %s where text is wanted; write it in quotes: %s", kindOf(in), f.inQuotes(in))
		return
	default:
		if f.expression() {
			d.Unreadf(path, `this is %s where an expression is wanted; put all of it in quotes, as in '{"id": value.id}'`, kindOf(in))
			return
		}
		d.mismatch(path, in, "text")
		return
	}
	if f.expression() {
		d.Expressions[path] = text
	}
	// Where nothing is a choice too, so is an empty text, such as a variable may give.
	unset := text == "" && f.Default == ""
	if c, ok := out.Interface().(Choice); ok && !unset && !d.chosen(path, text, c) {
		return
	}
	out.SetString(text)
}

func (d decoder) chosen(path, text string, c Choice) bool {
	noun, values := c.OneOf()
	if slices.Contains(values, text) {
		return true
	}
	if near := suggest.Nearest(text, values); near != "" {
		d.Unreadf(path, "%q is not %s; did you mean %q?", text, excerpt.Verbatim(noun), near)
	} else {
		d.Unreadf(path, "%q is not %s; write %s", text, excerpt.Verbatim(noun), excerpt.Listing(values, "or"))
	}
	return false
}

func (d decoder) truth(path string, in any, out reflect.Value) {
	switch v := in.(type) {
	case yamldoc.Truth:
		out.SetBool(v.Holds())
		return
	case string, yamldoc.Expanded:
		switch fmt.Sprint(v) {
		case "true":
			out.SetBool(true)
			return
		case "false":
			out.SetBool(false)
			return
		}
		d.Unreadf(path, "%q is neither true nor false; write one of the two", fmt.Sprint(v))
		return
	}
	d.mismatch(path, in, "true or false")
}

func (d decoder) number(path string, in any, out reflect.Value, f Field) {
	switch v := in.(type) {
	case json.Number, string, yamldoc.Expanded:
		written, isNumber := in.(json.Number)
		n, err := strconv.ParseInt(strings.TrimSpace(fmt.Sprint(v)), 10, 64)
		switch {
		case isNumber && !yamldoc.IsJSON(written):
			d.Unreadf(path, "JSON writes no number as %s; write it in decimal digits, like 10 or 0.5", string(written))
			return
		case err != nil && isNumber:
			d.Unreadf(path, "%s is not a whole number the bridge can use; write a smaller or a rounded one", string(written))
			return
		case err != nil:
			d.Unreadf(path, "%q is not a whole number; write it in digits", fmt.Sprint(v))
			return
		}
		out.SetInt(n)
	default:
		d.mismatch(path, in, "a number")
		return
	}
	d.ranged(path, out, f)
}

func (d decoder) notation(path string, in any, n Notation, out reflect.Value, f Field) {
	switch in.(type) {
	case map[string]any, []any, yamldoc.Truth:
		d.mismatch(path, in, n.Noun())
		return
	}
	if number, ok := in.(json.Number); ok && strings.ContainsAny(string(number), ".eE") {
		if v, err := number.Float64(); err == nil && v == math.Trunc(v) {
			in = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	if err := n.UnmarshalText([]byte(strings.TrimSpace(fmt.Sprint(in)))); err != nil {
		d.Unreadf(path, "%s", err)
		return
	}
	d.ranged(path, out, f)
}
