package remedy

import "strings"

// formatProblems are what is wrong with a call of format(), by what CEL says of it.
var formatProblems = []struct{ said, problem, remedy string }{
	{"could not parse formatting clause", "the text has a clause after % that format() does not know", "write %s for a value, %.2f for two decimals, and %% for the sign itself"},
	{"formatted as hex", "%x takes an int, a text or bytes", anyClause},
	{"formatted as binary", "%b takes an int, or true or false", anyClause},
	{"octal clause can only", "%o takes an int", anyClause},
	{"clause can only", "%d, %f and %e take a number", anyClause + `, or double(…) around a text, as in "%.2f".format([double(value.total)])`},
	{"too many arguments", "the list has more values than the text has clauses", `write a %s in the text for each value in the list, as in "%s-%s".format([value.type, topic])`},
	{"out of range", "the list has fewer values than the text has clauses", `write a value in the list for each % of the text, as in "%s-%s".format([value.type, topic])`},
	{"unexpected end of string", "the text ends in a %", `write %% for the sign itself, as in "%s%%".format([value.total])`},
}

const anyClause = `write %s, which takes every value, as in "%s".format([value.type])`

// ofFormat says in our words what is wrong with a call of format(); empty where it is something else.
func ofFormat(said string) (problem, remedy string) {
	for _, f := range formatProblems {
		if strings.Contains(said, f.said) {
			return f.problem, f.remedy
		}
	}
	return "", ""
}
