package expr

import (
	"math/bits"
	"strings"

	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// callRules say what the functions cost whose work is not that of one operation. The test beside
// this file has the list of those for which it is.
var callRules = map[string]interp.CallRule{
	celop.Add:           {Charge: chargeAdd, Own: addOperator},
	celop.Subtract:      {Own: asDoubles},
	celop.Multiply:      {Own: asDoubles},
	celop.Divide:        {Own: asDoubles},
	celop.Modulo:        {Own: moduloOperator},
	celop.Equals:        {Charge: chargeEqual, Own: equalOperator, AsCame: true},
	celop.NotEquals:     {Charge: chargeEqual, Own: notEqualOperator, AsCame: true},
	celop.Less:          {Charge: chargeCompare, Own: orderOperator(func(order int) bool { return order < 0 }), AsCame: true},
	celop.LessEquals:    {Charge: chargeCompare, Own: orderOperator(func(order int) bool { return order <= 0 }), AsCame: true},
	celop.Greater:       {Charge: chargeCompare, Own: orderOperator(func(order int) bool { return order > 0 }), AsCame: true},
	celop.GreaterEquals: {Charge: chargeCompare, Own: orderOperator(func(order int) bool { return order >= 0 }), AsCame: true},
	celop.In:            {Charge: chargeIn, Own: inOperator, AsCame: true},
	"dyn":               {AsCame: true},

	overloads.Size:                 {Charge: chargeText(1, 0)},
	overloads.Contains:             {Charge: chargeText(2, 0)},
	overloads.StartsWith:           {Charge: chargePart},
	overloads.EndsWith:             {Charge: chargePart},
	overloads.TypeConvertString:    {Charge: chargeText(2, 1), Own: stringFunction, AsCame: true},
	overloads.TypeConvertBytes:     {Charge: chargeText(2, 1)},
	overloads.TypeConvertInt:       {Charge: chargeText(2, 0)},
	overloads.TypeConvertUint:      {Charge: chargeText(2, 0)},
	overloads.TypeConvertDouble:    {Charge: chargeText(2, 0)},
	overloads.TypeConvertBool:      {Charge: chargeText(2, 0)},
	overloads.TypeConvertTimestamp: {Charge: chargeText(8, 0)},
	overloads.TypeConvertDuration:  {Charge: chargeText(8, 0)},

	// These of CEL go over an array of all characters, of four bytes each.
	"charAt":        {Charge: chargeText(8, 0)},
	"substring":     {Charge: chargeText(16, 1)},
	"lowerAscii":    {Charge: chargeText(16, 1)},
	"upperAscii":    {Charge: chargeText(16, 1)},
	"indexOf":       {Charge: chargeSearch},
	"lastIndexOf":   {Charge: chargeSearch},
	"trim":          {Charge: chargeText(8, 1)},
	"strings.quote": {Charge: chargeText(16, 2)},
	"base64.encode": {Charge: chargeText(2, 2)},
	"base64.decode": {Charge: chargeText(2, 1)},
	"json.encode":   {Charge: chargeJSON, Own: encodeJSON, AsCame: true},
	"json.decode":   {Charge: chargeText(4, 1), Own: decodeJSON},
	"replace":       {Charge: chargeReplace},
	"split":         {Charge: chargeSplit},
	"join":          {Charge: chargeJoin},
	"format":        {Charge: chargeFormat, Own: formatTexts},

	"reverse":               {Charge: chargeReverse},
	"slice":                 {Charge: chargeElements},
	"flatten":               {Charge: chargeFlatten},
	"sort":                  {Charge: chargeSort, Own: sortNumbers},
	"@sortByAssociatedKeys": {Charge: chargeSort, Own: sortNumbers},
	"distinct":              {Charge: chargeElements, Own: distinctFunction},
	"lists.range":           {Charge: chargeRange},
	"hasAll":                {Charge: chargePairs, Own: hasAll},
	"hasAny":                {Charge: chargePairs, Own: hasAny},
	"hasExactly":            {Charge: chargePairs, Own: hasExactly},
	"hasOnly":               {Charge: chargePairs, Own: hasOnly},
	"math.ceil":             {Own: asDouble},
	"math.floor":            {Own: asDouble},
	"math.round":            {Own: asDouble},
	"math.trunc":            {Own: asDouble},
	"math.isFinite":         {Own: asDouble},
	"math.isInf":            {Own: asDouble},
	"math.isNaN":            {Own: asDouble},
	"math.@max":             {Charge: chargeElements, Own: nearestElements},
	"math.@min":             {Charge: chargeElements, Own: nearestElements},
}

func ruleOf(function string) interp.CallRule {
	if strings.HasPrefix(function, "get") {
		return interp.CallRule{Charge: chargeZone}
	}
	return callRules[function]
}

// chargeText charges so many bytes of work and of memory for each byte of the texts.
func chargeText(work, memory int) func(*interp.Meter, []ref.Val) {
	return func(m *interp.Meter, args []ref.Val) {
		n := 0
		for _, a := range args {
			n += textSize(a)
		}
		m.Spend(work * n)
		m.Allocate(memory * n)
	}
}

func chargePart(m *interp.Meter, args []ref.Val) { m.Spend(textSize(args[1])) }

func chargeCompare(m *interp.Meter, args []ref.Val) {
	m.Spend(min(textSize(args[0]), textSize(args[1])))
}

func chargeEqual(m *interp.Meter, args []ref.Val) {
	if isContainer(args[0]) && isContainer(args[1]) {
		// Fields and elements are compared by the operation.
		m.Spend(4 * affordableSize(m, args[0]))
		m.Spend(4 * affordableSize(m, args[1]))
		return
	}
	chargeCompare(m, args)
}

func chargeIn(m *interp.Meter, args []ref.Val) {
	switch of := args[1].(type) {
	case traits.Lister:
		m.Spend(scanWork(m, args[0], of))
	case traits.Mapper:
		if _, ok := args[0].(*number.Written); ok {
			// Its keys are gone over.
			m.Spend(affordableSize(m, of))
		}
	}
}

// scanWork is the work of comparing a value with each element of a list.
func scanWork(m *interp.Meter, v ref.Val, list traits.Lister) int {
	n, size := elementCount(list), affordableSize(m, v)
	if isContainer(v) {
		size *= 4
	}
	work := n * interp.ScalarSize
	if n > 0 && size > 0 {
		most := min(n*size, m.Left())
		work += min(sizeOf(list, most), most)
	}
	return work
}

func chargePairs(m *interp.Meter, args []ref.Val) {
	list, ok := args[1].(traits.Lister)
	other, isList := args[0].(traits.Lister)
	if !ok || !isList {
		return
	}
	for it := other.Iterator(); it.HasNext() == types.True; {
		// Once in each direction.
		m.Spend(2 * scanWork(m, it.Next(), list))
	}
}

func chargeAdd(m *interp.Meter, args []ref.Val) {
	if n := textSize(args[0]) + textSize(args[1]); n > 0 {
		m.Spend(n)
		m.Allocate(n)
		return
	}
	n := 0
	if _, ok := args[1].(traits.Lister); ok {
		n = elementCount(args[1])
		// What a loop collects is added to where it is.
		if _, collects := args[0].(traits.MutableLister); !collects {
			n += elementCount(args[0])
		}
	}
	m.Spend(n * interp.ScalarSize)
	m.Allocate(n * 2 * interp.ScalarSize)
}

func chargeSearch(m *interp.Meter, args []ref.Val) {
	text, part := textSize(args[0]), textSize(args[1])
	m.Spend(16 * (text + part))
	if part > 1 {
		m.Spend(text / 2 * min(part, m.Left()))
	}
}

func chargeReplace(m *interp.Meter, args []ref.Val) {
	text, ok1 := args[0].(types.String)
	old, ok2 := args[1].(types.String)
	by, ok3 := args[2].(types.String)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	m.Spend(4 * (len(text) + len(old) + len(by)))
	m.Allocate(len(text) + countOccurrences(text, old, args[3:])*max(0, len(by)-len(old)))
}

func chargeSplit(m *interp.Meter, args []ref.Val) {
	text, ok1 := args[0].(types.String)
	separator, ok2 := args[1].(types.String)
	if !ok1 || !ok2 {
		return
	}
	m.Spend(4 * (len(text) + len(separator)))
	n := 1 + countOccurrences(text, separator, args[2:])
	m.Spend(n * interp.ScalarSize)
	m.Allocate(n * 2 * interp.ScalarSize)
}

// countOccurrences returns how often a part is in a text, at most the number that may follow it.
func countOccurrences(text, part types.String, most []ref.Val) int {
	n := strings.Count(string(text), string(part))
	if len(most) > 0 {
		if limit, ok := most[0].(types.Int); ok && limit >= 0 && limit < types.Int(n) {
			return int(limit)
		}
	}
	return n
}

func chargeJoin(m *interp.Meter, args []ref.Val) {
	size, n := affordableSize(m, args[0]), elementCount(args[0])
	m.Spend(4 * size)
	if len(args) > 1 {
		separator := textSize(args[1])
		size += n * min(separator, interp.MemoryLimit)
	}
	m.Allocate(size)
}

func chargeFormat(m *interp.Meter, args []ref.Val) {
	size := textSize(args[0]) + affordableSize(m, args[len(args)-1])
	m.Spend(16 * size)
	// A number may have 400 digits, and a text in hexadecimal twice its length.
	m.Allocate(2*size + 400*elementCount(args[len(args)-1]))
}

func chargeJSON(m *interp.Meter, args []ref.Val) {
	size := affordableSize(m, args[0])
	m.Spend(4 * size)
	m.Allocate(2 * size)
}

func chargeReverse(m *interp.Meter, args []ref.Val) {
	if isContainer(args[0]) {
		chargeElements(m, args)
		return
	}
	m.Spend(16 * textSize(args[0]))
	m.Allocate(textSize(args[0]))
}

func chargeElements(m *interp.Meter, args []ref.Val) {
	n := elementCount(args[0])
	m.Spend(n * interp.OperationWork)
	m.Allocate(n * interp.ScalarSize)
}

func chargeFlatten(m *interp.Meter, args []ref.Val) {
	size := affordableSize(m, args[0])
	// The digits of a number may be fewer bytes than an element takes.
	m.Spend(interp.ScalarSize * size)
	m.Allocate(interp.ScalarSize * size)
}

func chargeSort(m *interp.Meter, args []ref.Val) {
	keys := args[len(args)-1]
	rounds := bits.Len(uint(elementCount(keys)))
	m.Spend(rounds * (affordableSize(m, keys) + elementCount(keys)*interp.OperationWork))
	m.Allocate(elementCount(keys) * 4 * interp.ScalarSize)
}

func chargeRange(m *interp.Meter, args []ref.Val) {
	if n, ok := args[0].(types.Int); ok && n > 0 {
		m.Spend(int(min(n, interp.WorkLimit)) * interp.ScalarSize)
		m.Allocate(int(min(n, interp.MemoryLimit)) * interp.ScalarSize)
	}
}

// chargeZone charges for looking up a time zone, which reads a file.
func chargeZone(m *interp.Meter, args []ref.Val) {
	if len(args) > 1 {
		m.Operations(1000)
	}
}
