package remedy

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/types"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

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
