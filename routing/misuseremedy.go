package routing

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
	case u.has("null") && (u.function == celop.Equals || u.function == celop.NotEquals): // at compile time
		return "it is never null, so leave the comparison out"
	case u.has("null_type", "null"):
		return askFirst
	case slices.Contains(pairwise, u.function):
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
	case u.function == celop.In:
		return "write a list after it, as in value.field in [1, 2]"
	}
	return u.call()
}

const compareFirst = `it wants true or false; compare the value, as in value.status == "paid"`

// pairwise are the operators with two operands of one type.
var pairwise = []string{celop.Add, celop.Subtract, celop.Multiply, celop.Divide, celop.Modulo,
	celop.Equals, celop.NotEquals, celop.Less, celop.LessEquals, celop.Greater, celop.GreaterEquals}

func (u misuse) choice() string {
	if len(u.kinds) > 0 && u.kinds[0] != "bool" && u.kinds[0] != "dyn" {
		return compareFirst
	}
	return "both choices have to be of one type; write string(…) around what is no text, or dyn(…) around one of them"
}

// operands is the remedy for two operands that do not go together.
func (u misuse) operands() string {
	adds, equality := u.function == celop.Add, u.function == celop.Equals || u.function == celop.NotEquals
	timed := adds || u.function == celop.Subtract
	switch text := u.has("string"); {
	case u.has("list") && timed:
		if !adds {
			return `write filter() to leave out elements, as in value.tags.filter(t, !(t in ["a"]))`
		}
		return "write [ ] around what is added to a list"
	case u.has("map") && text && adds:
		return "write json.encode(…) around the mapping"
	case u.has("map") && adds:
		return `nothing joins mappings; write the fields, as in {"id": value.id, "total": value.total}`
	case u.has("type"):
		return "write the type without quotes, as in type(value.total) == int"
	case u.has("bytes") && text:
		return "write string(…) around the bytes"
	case u.has("timestamp") && text && adds:
		return "write string(…) around the timestamp to join texts, or duration(…) around the text to add a length of time"
	case u.has("timestamp") && text && timed:
		return "write timestamp(…) around the text, or duration(…) where it is a length of time"
	case u.has("timestamp") && text:
		return "write timestamp(…) around the text"
	case u.has("timestamp") && u.number() && timed:
		return `write a length of time as a duration, as in duration("60s") or duration(string(value.seconds) + "s")`
	case u.has("timestamp") && u.number():
		return "write timestamp(…) around the number of seconds, or timestamp(value.field / 1000) for milliseconds"
	case u.has("duration") && text && adds:
		return "write string(…) around the duration"
	case u.has("duration") && text:
		return "write duration(…) around the text"
	case u.has("duration") && u.number():
		return `write a length of time as a duration, as in duration("60s"), or take the duration's getSeconds()`
	case text && adds:
		return "write string(…) around what is no text"
	case text && u.number() && equality:
		return "write string(…) around the number, or double(…) around the text"
	case text && (u.number() || u.has("dyn")):
		return "write double(…) around the text"
	case u.has("bool") && u.number() && !equality && !adds:
		return "write two comparisons, as in value.total > 1 && value.total < 3"
	case u.has("double") && u.number():
		return "write double(…) around the whole number"
	case u.has("uint") && u.number():
		return "write uint(…) around the int"
	case equality:
		return "they are never equal; compare what is of one type"
	}
	return "it takes numbers; compare or convert the value first"
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
	case slices.Contains(textFunctions, u.function) && (u.number() || u.has("bool")):
		return "write string(…) around what is no text"
	case strings.HasPrefix(u.function, "get"):
		return "write timestamp(…) around the text, as in timestamp(value.created).getFullYear()"
	case u.function == "join" && u.first() == "list":
		return `it joins texts; write value.field.map(x, string(x)).join(",")`
	case u.function == overloads.TypeConvertString:
		return "write json.encode(…) for a list or a mapping"
	case u.function == "base64.encode":
		return "write bytes(…) around the text, as in base64.encode(bytes(value.name))"
	case strings.HasPrefix(u.function, "math.@"):
		return "it compares numbers; write value.items.map(i, i.qty) for those of a list"
	case strings.HasPrefix(u.function, "math.") && (u.has("string") || u.number()):
		return "write double(…) around it"
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
