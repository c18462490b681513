package expr

import (
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// formatTexts puts texts in the place of the numbers that a format writes by %s, so that a number has one
// text wherever it is written. The other clauses say themselves how one is written.
func formatTexts(_ *interp.Meter, args []ref.Val) ref.Val {
	form, ok := args[0].(types.String)
	list, isList := args[len(args)-1].(traits.Lister)
	if !ok || !isList {
		return nil
	}
	clauses := clauseLetters(string(form))
	elems := make([]ref.Val, 0, elementCount(list))
	for it := list.Iterator(); it.HasNext() == types.True; {
		v := it.Next()
		if i := len(elems); i < len(clauses) && clauses[i] == 's' {
			v = numbersAsTexts(v)
		}
		elems = append(elems, number.Nearest(v))
	}
	args[len(args)-1] = types.NewRefValList(types.DefaultTypeAdapter, elems)
	return nil
}

// clauseLetters returns the letters of the clauses of a format, one for each argument.
func clauseLetters(form string) (letters []byte) {
	for {
		_, rest, found := strings.Cut(form, "%")
		switch end := strings.IndexFunc(rest, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); {
		case !found || end < 0:
			return letters
		case rest[0] == '%':
			form = rest[1:]
		default:
			letters = append(letters, rest[end])
			form = rest[end:]
		}
	}
}

// numbersAsTexts does that to a value and all that is in it.
func numbersAsTexts(v ref.Val) ref.Val {
	switch v := v.(type) {
	case types.Double, *number.Written:
		return number.Text(v)
	case traits.Lister:
		var elems []ref.Val
		for it := v.Iterator(); it.HasNext() == types.True; {
			elems = append(elems, numbersAsTexts(it.Next()))
		}
		return types.NewRefValList(types.DefaultTypeAdapter, elems)
	case traits.Mapper:
		fields := map[ref.Val]ref.Val{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			value, _ := v.Find(key)
			fields[key] = numbersAsTexts(value)
		}
		return types.NewRefValMap(types.DefaultTypeAdapter, fields)
	}
	return v
}
