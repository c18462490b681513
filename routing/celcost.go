package routing

import (
	"math/bits"
	"strings"

	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// callRules say what the functions cost whose work is not that of one operation. The test beside
// this file has the list of those for which it is.
var callRules = map[string]callRule{
	celop.Add:           {charge: chargeAdd, own: add},
	celop.Subtract:      {own: mixed},
	celop.Multiply:      {own: mixed},
	celop.Divide:        {own: mixed},
	celop.Modulo:        {own: remainder},
	celop.Equals:        {charge: chargeEqual, own: equal, asCame: true},
	celop.NotEquals:     {charge: chargeEqual, own: notEqual, asCame: true},
	celop.Less:          {charge: chargeCompare, own: ordered(func(order int) bool { return order < 0 }), asCame: true},
	celop.LessEquals:    {charge: chargeCompare, own: ordered(func(order int) bool { return order <= 0 }), asCame: true},
	celop.Greater:       {charge: chargeCompare, own: ordered(func(order int) bool { return order > 0 }), asCame: true},
	celop.GreaterEquals: {charge: chargeCompare, own: ordered(func(order int) bool { return order >= 0 }), asCame: true},
	celop.In:            {charge: chargeIn, own: within, asCame: true},
	"dyn":               {asCame: true},

	overloads.Size:                 {charge: chargeText(1, 0)},
	overloads.Contains:             {charge: chargeText(2, 0)},
	overloads.StartsWith:           {charge: chargePart},
	overloads.EndsWith:             {charge: chargePart},
	overloads.TypeConvertString:    {charge: chargeText(2, 1), own: text, asCame: true},
	overloads.TypeConvertBytes:     {charge: chargeText(2, 1)},
	overloads.TypeConvertInt:       {charge: chargeText(2, 0)},
	overloads.TypeConvertUint:      {charge: chargeText(2, 0)},
	overloads.TypeConvertDouble:    {charge: chargeText(2, 0)},
	overloads.TypeConvertBool:      {charge: chargeText(2, 0)},
	overloads.TypeConvertTimestamp: {charge: chargeText(8, 0)},
	overloads.TypeConvertDuration:  {charge: chargeText(8, 0)},

	// These of CEL go over an array of all characters, of four bytes each.
	"charAt":        {charge: chargeText(8, 0)},
	"substring":     {charge: chargeText(16, 1)},
	"lowerAscii":    {charge: chargeText(16, 1)},
	"upperAscii":    {charge: chargeText(16, 1)},
	"indexOf":       {charge: chargeSearch},
	"lastIndexOf":   {charge: chargeSearch},
	"trim":          {charge: chargeText(8, 1)},
	"strings.quote": {charge: chargeText(16, 2)},
	"base64.encode": {charge: chargeText(2, 2)},
	"base64.decode": {charge: chargeText(2, 1)},
	"json.encode":   {charge: chargeJSON, own: encodeJSON, asCame: true},
	"json.decode":   {charge: chargeText(4, 1), own: decodeJSON},
	"replace":       {charge: chargeReplace},
	"split":         {charge: chargeSplit},
	"join":          {charge: chargeJoin},
	"format":        {charge: chargeFormat, own: formatTexts},

	"reverse":               {charge: chargeReverse},
	"slice":                 {charge: chargeElements},
	"flatten":               {charge: chargeFlatten},
	"sort":                  {charge: chargeSort, own: sortNumbers},
	"@sortByAssociatedKeys": {charge: chargeSort, own: sortNumbers},
	"distinct":              {charge: chargeElements, own: distinct},
	"lists.range":           {charge: chargeRange},
	"hasAll":                {charge: chargePairs, own: hasAll},
	"hasAny":                {charge: chargePairs, own: hasAny},
	"hasExactly":            {charge: chargePairs, own: hasExactly},
	"hasOnly":               {charge: chargePairs, own: hasOnly},
	"math.ceil":             {own: asDouble},
	"math.floor":            {own: asDouble},
	"math.round":            {own: asDouble},
	"math.trunc":            {own: asDouble},
	"math.isFinite":         {own: asDouble},
	"math.isInf":            {own: asDouble},
	"math.isNaN":            {own: asDouble},
	"math.@max":             {charge: chargeElements, own: nearestWithin},
	"math.@min":             {charge: chargeElements, own: nearestWithin},
}

func ruleOf(function string) callRule {
	if strings.HasPrefix(function, "get") {
		return callRule{charge: chargeZone}
	}
	return callRules[function]
}

// chargeText charges so many bytes of work and of memory for each byte of the texts.
func chargeText(work, memory int) func(*meter, []ref.Val) {
	return func(m *meter, args []ref.Val) {
		n := 0
		for _, a := range args {
			n += textSize(a)
		}
		m.spend(work * n)
		m.allocate(memory * n)
	}
}

func chargePart(m *meter, args []ref.Val) { m.spend(textSize(args[1])) }

func chargeCompare(m *meter, args []ref.Val) {
	m.spend(min(textSize(args[0]), textSize(args[1])))
}

func chargeEqual(m *meter, args []ref.Val) {
	if isContainer(args[0]) && isContainer(args[1]) {
		// Fields and elements are compared by the operation.
		m.spend(4 * affordable(m, args[0]))
		m.spend(4 * affordable(m, args[1]))
		return
	}
	chargeCompare(m, args)
}

func chargeIn(m *meter, args []ref.Val) {
	switch of := args[1].(type) {
	case traits.Lister:
		m.spend(scanWork(m, args[0], of))
	case traits.Mapper:
		if _, ok := args[0].(*written); ok {
			// Its keys are gone over.
			m.spend(affordable(m, of))
		}
	}
}

// scanWork is the work of comparing a value with each element of a list.
func scanWork(m *meter, v ref.Val, list traits.Lister) int {
	n, size := elements(list), affordable(m, v)
	if isContainer(v) {
		size *= 4
	}
	work := n * scalarSize
	if n > 0 && size > 0 {
		most := min(n*size, m.Left())
		work += min(sizeOf(list, most), most)
	}
	return work
}

func chargePairs(m *meter, args []ref.Val) {
	list, ok := args[1].(traits.Lister)
	other, isList := args[0].(traits.Lister)
	if !ok || !isList {
		return
	}
	for it := other.Iterator(); it.HasNext() == types.True; {
		// Once in each direction.
		m.spend(2 * scanWork(m, it.Next(), list))
	}
}

func chargeAdd(m *meter, args []ref.Val) {
	if n := textSize(args[0]) + textSize(args[1]); n > 0 {
		m.spend(n)
		m.allocate(n)
		return
	}
	n := 0
	if _, ok := args[1].(traits.Lister); ok {
		n = elements(args[1])
		// What a loop collects is added to where it is.
		if _, collects := args[0].(traits.MutableLister); !collects {
			n += elements(args[0])
		}
	}
	m.spend(n * scalarSize)
	m.allocate(n * 2 * scalarSize)
}

func chargeSearch(m *meter, args []ref.Val) {
	text, part := textSize(args[0]), textSize(args[1])
	m.spend(16 * (text + part))
	if part > 1 {
		m.spend(text / 2 * min(part, m.Left()))
	}
}

func chargeReplace(m *meter, args []ref.Val) {
	text, ok1 := args[0].(types.String)
	old, ok2 := args[1].(types.String)
	by, ok3 := args[2].(types.String)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	m.spend(4 * (len(text) + len(old) + len(by)))
	m.allocate(len(text) + occurrences(text, old, args[3:])*max(0, len(by)-len(old)))
}

func chargeSplit(m *meter, args []ref.Val) {
	text, ok1 := args[0].(types.String)
	separator, ok2 := args[1].(types.String)
	if !ok1 || !ok2 {
		return
	}
	m.spend(4 * (len(text) + len(separator)))
	n := 1 + occurrences(text, separator, args[2:])
	m.spend(n * scalarSize)
	m.allocate(n * 2 * scalarSize)
}

// occurrences returns how often a part is in a text, at most the number that may follow it.
func occurrences(text, part types.String, most []ref.Val) int {
	n := strings.Count(string(text), string(part))
	if len(most) > 0 {
		if limit, ok := most[0].(types.Int); ok && limit >= 0 && limit < types.Int(n) {
			return int(limit)
		}
	}
	return n
}

func chargeJoin(m *meter, args []ref.Val) {
	size, n := affordable(m, args[0]), elements(args[0])
	m.spend(4 * size)
	if len(args) > 1 {
		separator := textSize(args[1])
		size += n * min(separator, MemoryLimit)
	}
	m.allocate(size)
}

func chargeFormat(m *meter, args []ref.Val) {
	size := textSize(args[0]) + affordable(m, args[len(args)-1])
	m.spend(16 * size)
	// A number may have 400 digits, and a text in hexadecimal twice its length.
	m.allocate(2*size + 400*elements(args[len(args)-1]))
}

func chargeJSON(m *meter, args []ref.Val) {
	size := affordable(m, args[0])
	m.spend(4 * size)
	m.allocate(2 * size)
}

func chargeReverse(m *meter, args []ref.Val) {
	if isContainer(args[0]) {
		chargeElements(m, args)
		return
	}
	m.spend(16 * textSize(args[0]))
	m.allocate(textSize(args[0]))
}

func chargeElements(m *meter, args []ref.Val) {
	n := elements(args[0])
	m.spend(n * operationWork)
	m.allocate(n * scalarSize)
}

func chargeFlatten(m *meter, args []ref.Val) {
	size := affordable(m, args[0])
	// The digits of a number may be fewer bytes than an element takes.
	m.spend(scalarSize * size)
	m.allocate(scalarSize * size)
}

func chargeSort(m *meter, args []ref.Val) {
	keys := args[len(args)-1]
	rounds := bits.Len(uint(elements(keys)))
	m.spend(rounds * (affordable(m, keys) + elements(keys)*operationWork))
	m.allocate(elements(keys) * 4 * scalarSize)
}

func chargeRange(m *meter, args []ref.Val) {
	if n, ok := args[0].(types.Int); ok && n > 0 {
		m.spend(int(min(n, WorkLimit)) * scalarSize)
		m.allocate(int(min(n, MemoryLimit)) * scalarSize)
	}
}

// chargeZone charges for looking up a time zone, which reads a file.
func chargeZone(m *meter, args []ref.Val) {
	if len(args) > 1 {
		m.operations(1000)
	}
}
