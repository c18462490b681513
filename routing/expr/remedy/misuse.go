package remedy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/decls"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

// misuse is a function or an operator with what it does not take.
type misuse struct {
	function string
	kinds    []string // of what it was given, as CEL names types, without what is in lists and mappings
	method   bool     // kinds[0] stands before a dot
	late     bool     // an event brought it about, which the compiler could not know
}

// noOverload is what the compiler says of a misuse.
var noOverload = regexp.MustCompile(`^found no matching overload for '(.*)' applied to '(.*)'$`)

// parseMisuse takes apart what the compiler says.
func parseMisuse(said string) (u misuse, ok bool) {
	m := noOverload.FindStringSubmatch(said)
	if m == nil {
		return u, false
	}
	target, args, isMethod := strings.Cut(strings.TrimSuffix(m[2], ")"), ".(")
	if !isMethod || strings.Contains(target, "(") && !strings.HasSuffix(target, ")") {
		target, args, isMethod = "", strings.TrimPrefix(strings.TrimSuffix(m[2], ")"), "("), false
	}
	u = misuse{function: m[1], method: isMethod}
	if isMethod {
		u.kinds = append(u.kinds, plainKind(target))
	}
	depth, from := 0, 0
	for i, c := range args + "," {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			if arg := strings.TrimSpace(args[from:i]); arg != "" {
				u.kinds = append(u.kinds, plainKind(arg))
			}
			from = i + 1
		}
	}
	return u, true
}

// plainKind is a type without what is in it: list(string) is list.
func plainKind(typ string) string {
	kind, _, _ := strings.Cut(typ, "(")
	return strings.ToLower(kind[strings.LastIndexByte(kind, '.')+1:]) // google.protobuf.Timestamp
}

// misuseOf is a misuse by an event.
func misuseOf(function string, kinds ...ref.Type) misuse {
	u := misuse{function: function, late: true}
	for _, t := range kinds {
		u.kinds = append(u.kinds, plainKind(t.TypeName()))
	}
	member, global, _ := u.shapes()
	u.method = member && !global
	return u
}

// follows says that another mistake brought it about.
func (u misuse) follows() bool { return u.has("!error!") }

// kindNames are the types as sentences have them.
var kindNames = map[string]string{
	"string": "a text", "int": "an int", "uint": "a uint", "double": "a double", "bool": "true or false", "null_type": "null", "null": "null",
	"list": "a list", "map": "a mapping", "timestamp": "a timestamp", "duration": "a duration", "bytes": "bytes", "type": "a type",
}

// TypeName is a type of the compiler as sentences have it.
func TypeName(t *types.Type) string { return kindName(plainKind(t.String())) }

// ValueName is the type of a value likewise.
func ValueName(t ref.Type) string { return kindName(plainKind(t.TypeName())) }

func kindName(kind string) string {
	if name := kindNames[kind]; name != "" {
		return name
	}
	return "a value"
}

// String says what is wrong, and what to write instead.
func (u misuse) String() string {
	remedy := u.remedy()
	if remedy == "" {
		remedy = "write " + u.forms()
	}
	return fmt.Sprintf("%s does not take %s; %s", u.name(), u.given(), remedy)
}

// name is the function as it is written.
func (u misuse) name() string {
	switch u.function {
	case celop.Conditional:
		return "? :"
	case celop.In:
		return "in"
	case celop.Index:
		return "[ ]"
	case "math.@max":
		return "math.greatest"
	case "math.@min":
		return "math.least"
	}
	if symbol, ok := celop.FindReverse(u.function); ok && symbol != "" {
		return symbol
	}
	return u.function + "()"
}

// given lists what it was given.
func (u misuse) given() string {
	if len(u.kinds) == 0 {
		return "nothing"
	}
	names := make([]string, len(u.kinds))
	for i, kind := range u.kinds {
		names[i] = kindName(kind)
	}
	if u.method && len(names) == 1 {
		return names[0] + " alone"
	}
	return strings.Join(names, " and ")
}

func (u misuse) has(kinds ...string) bool {
	return slices.ContainsFunc(u.kinds, func(kind string) bool { return slices.Contains(kinds, kind) })
}

func (u misuse) number() bool { return u.has("int", "uint", "double") }

// first is the kind of the first argument, or of what stands before the dot.
func (u misuse) first() string {
	if len(u.kinds) == 0 {
		return ""
	}
	return u.kinds[0]
}

// shapes says how a function may be called, and whether any of its forms takes so many values.
func (u misuse) shapes() (member, global, fits bool) {
	for _, o := range dialect.Overloads(u.function) {
		if o.IsMemberFunction() {
			member = true
		} else {
			global = true
		}
		fits = fits || len(o.ArgTypes()) == len(u.kinds)
	}
	return member, global, fits
}

// forms are the ways to call a function, in the words of a signature.
func (u misuse) forms() string {
	var all []string
	for _, o := range dialect.Overloads(u.function) {
		var args []string
		for _, arg := range o.ArgTypes() {
			args = append(args, formName(plainKind(arg.String())))
		}
		form := u.function + "(" + strings.Join(args, ", ") + ")"
		if o.IsMemberFunction() {
			form = args[0] + "." + u.function + "(" + strings.Join(args[1:], ", ") + ")"
		}
		if !slices.Contains(all, form) {
			all = append(all, form)
		}
	}
	if len(all) > 3 {
		all = all[:3]
	}
	return strings.Join(all, " or ")
}

// formName is a type within a form.
func formName(kind string) string {
	switch kind {
	case "string":
		return "text"
	case "dyn":
		return "value"
	case "map":
		return "mapping"
	}
	kind = strings.ToLower(kind[strings.LastIndexByte(kind, '.')+1:])
	if kindNames[kind] == "" {
		return "value" // a type parameter
	}
	return kind
}

// as reports whether what is of one of the given types is there, and is all that has to be converted to
// another one for the call to be right.
func (u misuse) as(to string, from ...string) bool {
	kinds := slices.Clone(u.kinds)
	for i, kind := range kinds {
		if slices.Contains(from, kind) {
			kinds[i] = to
		}
	}
	return u.has(from...) && slices.ContainsFunc(dialect.Overloads(u.function), func(o *decls.OverloadDecl) bool {
		return o.IsMemberFunction() == u.method && u.takes(o, kinds)
	})
}

// takes reports whether an overload is for these types. What the compiler could not know may be an int
// for a double.
func (u misuse) takes(o *decls.OverloadDecl, kinds []string) bool {
	if len(o.ArgTypes()) != len(kinds) {
		return false
	}
	bound := map[string]string{}
	for i, arg := range o.ArgTypes() {
		want := plainKind(arg.String())
		want = strings.ToLower(want[strings.LastIndexByte(want, '.')+1:])
		if arg.Kind() == types.TypeParamKind {
			if bound[want] == "" {
				bound[want] = kinds[i]
			}
			want = bound[want]
		}
		if kind := kinds[i]; want != kind && want != "dyn" && kind != "dyn" && (!u.late || want != "double" || kind != "int") {
			return false
		}
	}
	return true
}
