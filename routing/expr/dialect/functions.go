package dialect

import (
	"maps"
	"regexp"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/functions"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// functionName is one that expressions may write.
var functionName = regexp.MustCompile(`^[a-z][A-Za-z0-9]*(\.[A-Za-z]+)?$`)

// FunctionNames are the names of the functions, as expressions write them.
func FunctionNames() []string {
	env, err := Environment()
	if err != nil {
		return nil
	}
	names := slices.Clone(macroNames)
	for name := range maps.Keys(env.Functions()) {
		if functionName.MatchString(name) && name != "in" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Namespaces begin the names of functions.
var Namespaces = []string{"math", "strings", "lists", "base64", "json"}

// macroNames are those that the parser expands.
var macroNames = []string{"all", "exists", "exists_one", "filter", "has", "map", "math.greatest", "math.least", "sortBy"}

// Overloads are the forms of a function.
func Overloads(function string) []*decls.OverloadDecl {
	env, err := Environment()
	if err != nil || env.Functions()[function] == nil {
		return nil
	}
	return env.Functions()[function].OverloadDecls()
}

const HasName = "@has"

var hasMacro = cel.GlobalMacro("has", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	if args[0].Kind() != ast.SelectKind {
		return nil, f.NewError(args[0].ID(), "has() takes a field; write has(value.customer), or \"customer\" in value")
	}
	s := args[0].AsSelect()
	return f.NewCall(HasName, s.Operand(), f.NewLiteral(types.String(s.FieldName()))), nil
})

var hasFunction = cel.Function(HasName,
	cel.Overload("has_dyn_string", []*cel.Type{cel.DynType, cel.StringType}, cel.BoolType,
		cel.BinaryBinding(func(of, field ref.Val) ref.Val {
			switch of := of.(type) {
			case traits.Mapper:
				_, found := of.Find(field)
				return types.Bool(found)
			case traits.FieldTester:
				return of.IsSet(field)
			}
			return types.False
		})))

const DecodeName = "json.decode"

// decodeFunction is json.decode(text): what a JSON document within a text holds, as the fields of the
// value are seen. It is an addition to CEL, whose own json.parse gives an optional value.
var decodeFunction = cel.Function(DecodeName,
	cel.Overload("json_decode_string", []*cel.Type{cel.StringType}, cel.DynType,
		cel.UnaryBinding(types.MaybeNoSuchOverloadErr)))

// arithmetic are the operators of numbers, and decoders the functions that read a text: of constants they fail
// whatever the event.
var (
	Arithmetic = []string{celop.Add, celop.Subtract, celop.Multiply, celop.Divide, celop.Modulo, celop.Negate}
	Decoders   = []string{DecodeName, "base64.decode"}
)

// Implementations are the functions of the environment by overload and by name, as CEL finds them.
var Implementations = sync.OnceValues(func() (map[string]*functions.Overload, error) {
	env, err := Environment()
	if err != nil {
		return nil, err
	}
	all := map[string]*functions.Overload{}
	for f := range maps.Values(env.Functions()) {
		bindings, err := f.Bindings()
		if err != nil {
			return nil, err
		}
		for _, b := range bindings {
			all[b.Operator] = b
		}
	}
	all[celop.Equals] = &functions.Overload{Binary: types.Equal}
	all[overloads.Equals] = all[celop.Equals]
	all[celop.NotEquals] = &functions.Overload{Binary: func(a, b ref.Val) ref.Val { return types.Bool(types.Equal(a, b) != types.True) }}
	all[overloads.NotEquals] = all[celop.NotEquals]
	return all, nil
})
