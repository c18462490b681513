package remedy

import (
	"slices"
	"strings"

	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
)

const askFirst = "a field is absent, or null; ask for it first, as in value.total != null && value.total > 1, or (value.total != null ? value.total : 0)"

// remedy is what to write instead; empty where only the forms of the function say it.
func (u misuse) remedy() string {
	switch {
	case u.function == celop.Conditional:
		return u.choice()
	case u.function == celop.Index:
		return u.index()
	case u.has("null") && (u.function == celop.Equals || u.function == celop.NotEquals): // at compile time
		return "it is never null, so leave the comparison out"
	case u.has("null_type", "null"):
		return askFirst
	case slices.Contains(pairOperators, u.function):
		return u.operands()
	case u.function == celop.LogicalNot, u.function == celop.LogicalAnd, u.function == celop.LogicalOr:
		return compareFirst
	case u.function == celop.Negate && u.has("string"):
		return "write double(…) around the text"
	case u.function == celop.Negate && u.has("uint"):
		return "write int(…) around the uint"
	case u.function == celop.Negate:
		return "it takes a number"
	case u.function == celop.In && u.kinds[len(u.kinds)-1] == "string":
		return `write contains() to look into a text, as in value.name.contains("x")`
	case u.function == celop.In && u.has("list", "map"):
		return `what is looked for is of another type; convert it, as in string(value.id) in ["1", "2"]`
	case u.function == celop.In:
		return "write a list after it, as in value.field in [1, 2]"
	}
	return u.call()
}

const compareFirst = `it wants true or false; compare the value, as in value.status == "paid"`

// pairOperators are the operators with two operands of one type.
var pairOperators = []string{celop.Add, celop.Subtract, celop.Multiply, celop.Divide, celop.Modulo,
	celop.Equals, celop.NotEquals, celop.Less, celop.LessEquals, celop.Greater, celop.GreaterEquals}

func (u misuse) choice() string {
	if len(u.kinds) > 0 && u.kinds[0] != "bool" && u.kinds[0] != "dyn" {
		return compareFirst
	}
	if u.has("string") && u.as("string", textualKinds...) {
		return "both choices have to be of one type; write string(…) around what is not text, or dyn(…) around one of them"
	}
	return "both choices have to be of one type; write dyn(…) around one of them"
}

// textualKinds are the types, beside texts, that string() takes.
var textualKinds = []string{"int", "uint", "double", "bool", "timestamp", "duration", "bytes"}

// index is about what stands in [ ], or before it.
func (u misuse) index() string {
	switch u.first() {
	case "map":
		return `write the name of a field in quotes, as in headers["name"]`
	case "list":
		if u.as("int", "uint", "double") {
			return "write int(…) around the number"
		}
		return "write which element, from 0 on, as in value.items[0]"
	case "string":
		return "write charAt() for a character of a text, as in value.name.charAt(0)"
	}
	return "lists and mappings have elements; take away the [ ]"
}

// operands is the remedy for two operands that do not go together.
func (u misuse) operands() string {
	switch {
	case u.has("type") && u.equality():
		return "write the type without quotes, as in type(value.total) == int"
	case u.has("type"):
		return "a type is to be compared, as in type(value.total) == int"
	case u.has("list", "map") && u.collections() != "":
		return u.collections()
	case u.has("timestamp", "duration") && u.times() != "":
		return u.times()
	case u.as("string", "bytes"):
		return "write string(…) around the bytes"
	case u.has("string") && u.texts() != "":
		return u.texts()
	case u.has("bool") && u.number() && u.ordering():
		return "write two comparisons, as in value.total > 1 && value.total < 3"
	case u.has("bool") && u.number() && !u.equality():
		return "write (value.paid ? 1 : 0) for a number"
	case u.as("double", "int", "uint"):
		return "write double(…) around the whole number"
	case u.as("int", "double"):
		return "write int(…) around the double"
	case u.as("int", "double", "uint"):
		return "write int(…) around each number"
	case u.as("uint", "int"):
		return "write uint(…) around the int"
	case u.equality():
		return "they are never equal; compare what is of one type"
	case u.ordering():
		return "compare what is of one type"
	}
	return "it takes numbers; compare or convert the value first"
}

func (u misuse) equality() bool { return u.function == celop.Equals || u.function == celop.NotEquals }

// ordering reports whether it asks which of two is greater.
func (u misuse) ordering() bool {
	return slices.Contains([]string{celop.Less, celop.LessEquals, celop.Greater, celop.GreaterEquals}, u.function)
}

// collections is the remedy for operands of which one is a list or a mapping.
func (u misuse) collections() string {
	switch adds := u.function == celop.Add; {
	case adds && !slices.ContainsFunc(u.kinds, func(kind string) bool { return kind != "list" }):
		return "their elements are of two types; write dyn(…) around each list"
	case adds && u.has("list"):
		return "write [ ] around what is added to a list"
	case u.function == celop.Subtract && u.has("list"):
		return `write filter() to leave out elements, as in value.tags.filter(t, !(t in ["a"]))`
	case adds && u.has("string"):
		return "write json.encode(…) around the mapping"
	case adds:
		return `nothing joins mappings; write the fields, as in {"id": value.id, "total": value.total}`
	}
	return ""
}

// times is the remedy for operands of which one is a timestamp or a duration.
func (u misuse) times() string {
	shifts := u.function == celop.Add || u.function == celop.Subtract
	switch moment, length := u.as("timestamp", "string"), u.as("duration", "string"); {
	case u.function == celop.Add && u.has("string") && u.as("string", "timestamp"):
		return "write string(…) around the timestamp to join texts, or duration(…) around the text to add a length of time"
	case u.function == celop.Add && u.has("string") && u.as("string", "duration"):
		return "write string(…) around the duration"
	case moment && length:
		return "write timestamp(…) around the text, or duration(…) where it is a length of time"
	case moment:
		return "write timestamp(…) around the text"
	case length:
		return "write duration(…) around the text"
	case u.has("timestamp") && u.number() && shifts:
		return `write a length of time as a duration, as in duration("60s") or duration(string(value.seconds) + "s")`
	case u.has("duration") && u.number() && (shifts || u.equality() || u.ordering()):
		return `write a length of time as a duration, as in duration("60s"), or take the duration's getSeconds()`
	case u.as("timestamp", "int"):
		return "write timestamp(…) around the number of seconds, or timestamp(value.field / 1000) for milliseconds"
	case u.as("timestamp", "uint", "double"):
		return "write timestamp(int(…)) around the number of seconds, or timestamp(int(value.field / 1000)) for milliseconds"
	case u.as("int", "timestamp"):
		return "write int(…) around the timestamp, for its seconds"
	case u.as("int", "duration"):
		return "take the duration's getSeconds()"
	}
	return ""
}

// texts is the remedy for operands of which one is a text: the other one of +, and else a number.
func (u misuse) texts() string {
	if u.function == celop.Add && u.as("string", textualKinds...) {
		return "write string(…) around what is not text"
	}
	order, which := []string{"double", "int", "uint"}, "the text"
	if !u.late && !u.ordering() && u.has("int", "uint") { // else a double does for all numbers
		order = []string{"int", "uint"}
	}
	if !slices.ContainsFunc(u.kinds, func(kind string) bool { return kind != "string" }) {
		which = "each text"
	}
	for _, to := range order {
		switch {
		case u.as(to, "string") && u.equality():
			return "write string(…) around the number, or " + to + "(…) around the text"
		case u.as(to, "string"):
			return "write " + to + "(…) around " + which
		}
	}
	return ""
}

// textFunctions take texts only.
var textFunctions = []string{overloads.Contains, overloads.StartsWith, overloads.EndsWith, overloads.Matches, "charAt", "indexOf", "lastIndexOf",
	"lowerAscii", "upperAscii", "replace", "split", "substring", "trim", "strings.quote", "json.decode", "base64.decode"}

// call is the remedy for a call with what it does not take.
func (u misuse) call() string {
	isMember, isGlobal, fits := u.shapes()
	switch {
	case u.method && !isMember:
		return "write it around the value, as in " + u.function + "(value.field)"
	case !u.method && isMember && !isGlobal:
		return "write it behind the value and a dot, as in value.field." + u.function + "(…)"
	case !fits:
		return ""
	case u.function == overloads.Contains && u.first() == "list":
		return `write in to look into a list, as in "a" in value.tags`
	case slices.Contains(textFunctions, u.function) && u.as("string", textualKinds...):
		return "write string(…) around what is not text"
	case strings.HasPrefix(u.function, "get") && u.as("timestamp", "string"):
		return "write timestamp(…) around the text, as in timestamp(value.created).getFullYear()"
	case strings.HasPrefix(u.function, "get") && u.as("timestamp", "int"):
		return "write timestamp(…) around the number of seconds, as in timestamp(value.created).getFullYear()"
	case strings.HasPrefix(u.function, "get") && u.as("timestamp", "uint", "double"):
		return "write timestamp(int(…)) around the number of seconds, as in timestamp(int(value.created)).getFullYear()"
	case u.function == "join" && u.first() == "list":
		return `it joins texts; write value.field.map(x, string(x)).join(",")`
	case u.function == overloads.TypeConvertString && u.has("list", "map"):
		return "write json.encode(…) for a list or a mapping"
	case u.function == "base64.encode" && u.as("bytes", "int", "uint", "double", "bool", "timestamp", "duration"):
		return "write bytes(string(…)) around what is not text"
	case u.function == "base64.encode" && u.has("string"):
		return "write bytes(…) around the text, as in base64.encode(bytes(value.name))"
	case strings.HasPrefix(u.function, "math.@"):
		return "it compares numbers; write value.items.map(i, i.qty) for those of a list"
	case strings.HasPrefix(u.function, "math.") && u.as("double", "string", "int", "uint"):
		return "write double(…) around it"
	case strings.HasPrefix(u.function, "math.") && u.as("int", "string", "uint", "double"):
		return "write int(…) around what is not an int"
	case u.function == "format" && u.first() == "string":
		return `write what is put in as a list, as in "%s-%s".format([value.type, topic])`
	case u.function == "format":
		return `write a text before it, as in "%s".format([timestamp])`
	case u.function == overloads.Size:
		return "it counts the characters of a text, and what is in a list or a mapping; write size(string(value.field)) for the digits of a number"
	case u.function == overloads.TypeConvertDuration && u.number():
		return `write a text with a unit, as in duration("60s") or duration(string(value.seconds) + "s")`
	case u.function == overloads.TypeConvertTimestamp && u.has("double"):
		return "write timestamp(int(…)) for a number of seconds"
	case strings.HasPrefix(u.function, "has"):
		return `write a list in the parentheses, as in value.tags.hasAll(["a", "b"])`
	}
	return ""
}
