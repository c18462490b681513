package routing

import (
	"cmp"
	"slices"
	"strings"
)

// operatorSlip is what to write for the name of an operator in another language, with or without a $, a
// dash and capitals; empty where it is none.
func operatorSlip(name string) string {
	if isOperator(name) {
		return ""
	}
	lower := strings.ToLower(name)
	plain := strings.NewReplacer("$", "", "-", "", "_", "", " ", "").Replace(lower)
	return cmp.Or(operatorSlips[lower], operatorSlips[plain])
}

// fieldSlip is operatorSlip for the name of a field with what is below it: one that begins with $ is meant for
// an operator, and any that has a value without a list.
func fieldSlip(name string, below any, nested bool) string {
	switch list, isList := below.([]any); {
	case name == "" || name[0] != '$' && !isScalar(below):
		return ""
	case name == "$type" && isList && (!nested || !slices.ContainsFunc(list, isTypeName)):
		return "" // as .NET writes it into JSON
	}
	meant := operatorSlip(name)
	if below == nil && meant == operatorSlip("$ne") {
		return "write when: 'value.status != null'"
	}
	return meant
}

// typeNames are those that MongoDB's $type takes.
var typeNames = strings.Fields("double string object array bindata objectid bool date null regex int timestamp long decimal number")

func isTypeName(v any) bool {
	name, isText := v.(string)
	return !isText && isScalar(v) || slices.Contains(typeNames, strings.ToLower(name))
}

var operatorSlips = func() map[string]string {
	byName := map[string]string{}
	for _, slip := range []struct{ names, meant string }{
		{"and allof", "all fields of a pattern must match, so write them beside each other"},
		{"or anyof", "write $or beside the fields, as in $or: [{a: [1]}, {b: [2]}], and the values of one field in one list"},
		{"not nor ne neq noteq notequals notequal !=  nin notin noneof", "write anything-but in the list of the field, as in status: [{anything-but: [new, open]}]"},
		{"eq equals equal is = ==", "write the value in the list of the field, as in status: [new]"},
		{"in any some", "write the values in the list of the field, as in status: [new, open]"},
		{"all containsall hasall", `a list matches if one of its values does; for all of them write when: 'value.tags.hasAll(["a", "b"])'`},
		{"gt > greaterthan after", `write numeric in the list of the field, as in total: [{numeric: [">", 100]}]`},
		{"gte ge >= greaterthanorequal min", `write numeric in the list of the field, as in total: [{numeric: [">=", 100]}]`},
		{"lt < lessthan before", `write numeric in the list of the field, as in total: [{numeric: ["<", 100]}]`},
		{"lte le <= lessthanorequal max", `write numeric in the list of the field, as in total: [{numeric: ["<=", 100]}]`},
		{"between range", `write numeric in the list of the field, as in total: [{numeric: [">=", 1, "<=", 5]}]`},
		{"regex regexp matches match pattern", `write when: 'value.name.matches(r"^a")', or wildcard in the list of the field, as in name: [{wildcard: "a*"}]`},
		{"contains includes like glob", `write wildcard in the list of the field, as in name: [{wildcard: "*text*"}]`},
		{"startswith", "write prefix in the list of the field, as in name: [{prefix: order.}]"},
		{"endswith", "write suffix in the list of the field, as in name: [{suffix: .pdf}]"},
		{"ignorecase caseinsensitive equalsnocase", "write equals-ignore-case in the list of the field, as in name: [{equals-ignore-case: error}]"},
		{"null isnull", "write null in the list of the field, as in error: [null], or [{exists: false}] for a field that is absent"},
		{"notexists missing absent", "write exists in the list of the field, as in error: [{exists: false}]"},
		// MongoDB's, whose names may be those of fields without the $.
		{"$exists", "write exists in the list of the field, as in error: [{exists: true}]"},
		{"$elemmatch", "fields below one array match within one element, so write them below its name, as in items: {sku: [x], qty: [1]}"},
		{"$size", "write when: 'value.tags.size() == 2'"},
		{"$mod", "write when: 'value.total % 4 == 0'"},
		{"$type", "write when: 'type(value.total) == string'"},
		{"$expr $where $jsonschema $function", "write when: 'value.total > value.limit'"},
		{"$text $search $options", `write when: 'value.name.matches(r"(?i)text")'`},
		{"$bitsallset $bitsanyset $bitsallclear $bitsanyclear", "write when: 'math.bitAnd(value.flags, 4) == 4'"},
		{"$near $nearsphere $geowithin $geointersects", "write when: 'value.lat > 50.0 && value.lat < 51.0'"},
		{"$comment", "write a remark behind #"},
		{"ip ipaddress", "write cidr in the list of the field, as in client: [{cidr: 10.0.0.0/8}]"},
	} {
		for name := range strings.FieldsSeq(slip.names) {
			byName[name] = slip.meant
		}
	}
	return byName
}()
