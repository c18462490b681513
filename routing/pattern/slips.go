package pattern

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// foreign is what to write for the operators of other languages with these names, in small letters. Those with a $ in
// front of the name have lists or maps below them, besides a value, where these say so.
type foreign struct {
	names, meant string
	lists, maps  bool
}

// operatorSlip is that for the name of an operator, with or without a $, a dash and capitals; empty where it is
// none.
func operatorSlip(name string) foreign {
	if isOperator(name) {
		return foreign{}
	}
	lower := strings.ToLower(name)
	plain := strings.NewReplacer("$", "", "-", "", "_", "", " ", "").Replace(lower)
	return cmp.Or(operatorSlips[lower], operatorSlips[plain])
}

// fieldSlip is operatorSlip for the name of a field with what is below it. Any name with a value without a list is
// meant for an operator. What has a list or more fields below it may be a field, as .NET writes $type into
// JSON; it is meant for an operator where that takes what is there, which cannot be told from a field.
func (c *compiler) fieldSlip(name string, below any, nested bool) string {
	slip := operatorSlip(name)
	_, isList := below.([]any)
	switch {
	case slip.meant == "" || strings.EqualFold(name, "$type") && !(nested && namesTypes(below)):
		return ""
	case isScalar(below):
		if below == nil && slip == operatorSlip("$ne") {
			return "write when: 'value.status != null'"
		}
		return slip.meant
	case name[0] != '$' || isList && !slip.lists || !isList && !slip.maps:
		return ""
	}
	object := "value"
	if c.headers {
		object = "headers"
	} else if nested {
		object = "value.item"
	}
	return fmt.Sprintf(`%s; for a field of this name write when: '%s[%q] == "Order"'`, slip.meant, object, name)
}

// typeNames are those that MongoDB's $type takes, in its own case.
var typeNames = strings.Fields("double string object array binData undefined objectId bool date null regex dbPointer " +
	"javascript symbol javascriptWithScope int timestamp long decimal minKey maxKey number")

// namesTypes reports whether below $type is what MongoDB takes: names of types, or their numbers.
func namesTypes(below any) bool {
	switch v := below.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(of any) bool { _, isList := of.([]any); return isList || !namesTypes(of) })
	case string:
		return slices.Contains(typeNames, v)
	}
	return isScalar(below)
}

var operatorSlips = func() map[string]foreign {
	byName := map[string]foreign{}
	for _, slip := range []foreign{
		{"and allof", "all fields of a pattern must match, so write them beside each other", true, true},
		{"or anyof", "write $or beside the fields, as in $or: [{a: [1]}, {b: [2]}], and the values of one field in one list", true, true},
		{"not nor ne neq noteq notequals notequal !=  nin notin noneof", "write anything-but in the list of the field, as in status: [{anything-but: [new, open]}]", true, true},
		{"eq equals equal is = ==", "write the value in the list of the field, as in status: [new]", true, true},
		{"in any some", "write the values in the list of the field, as in status: [new, open]", true, true},
		{"all containsall hasall", `a list matches if one of its values does; for all of them write when: 'value.tags.hasAll(["a", "b"])'`, true, true},
		{"gt > greaterthan after", `write numeric in the list of the field, as in total: [{numeric: [">", 100]}]`, true, true},
		{"gte ge >= greaterthanorequal min", `write numeric in the list of the field, as in total: [{numeric: [">=", 100]}]`, true, true},
		{"lt < lessthan before", `write numeric in the list of the field, as in total: [{numeric: ["<", 100]}]`, true, true},
		{"lte le <= lessthanorequal max", `write numeric in the list of the field, as in total: [{numeric: ["<=", 100]}]`, true, true},
		{"between range", `write numeric in the list of the field, as in total: [{numeric: [">=", 1, "<=", 5]}]`, true, true},
		{"regex regexp matches match pattern", `write when: 'value.name.matches(r"^a")', or wildcard in the list of the field, as in name: [{wildcard: "a*"}]`, false, false},
		{"contains includes like glob", `write wildcard in the list of the field, as in name: [{wildcard: "*text*"}]`, false, false},
		{"startswith", "write prefix in the list of the field, as in name: [{prefix: order.}]", false, false},
		{"endswith", "write suffix in the list of the field, as in name: [{suffix: .pdf}]", false, false},
		{"ignorecase caseinsensitive equalsnocase", "write equals-ignore-case in the list of the field, as in name: [{equals-ignore-case: error}]", false, false},
		{"null isnull", "write null in the list of the field, as in error: [null], or [{exists: false}] for a field that is absent", false, false},
		{"notexists missing absent", "write exists in the list of the field, as in error: [{exists: false}]", false, false},
		// MongoDB's, whose names may be those of fields without the $.
		{"$exists", "write exists in the list of the field, as in error: [{exists: true}]", true, true},
		{"$elemmatch", "fields below one array match within one element, so write them below its name, as in items: {sku: [x], qty: [1]}", false, true},
		{"$size", "write when: 'value.tags.size() == 2'", false, false},
		{"$mod", "write when: 'value.total % 4 == 0'", true, false},
		{"$type", "write when: 'type(value.total) == string'", true, false},
		{"$expr $jsonschema", "write when: 'value.total > value.limit'", false, true},
		{"$where $function", "write when: 'value.total > value.limit'", false, false},
		{"$text $search $options", `write when: 'value.name.matches(r"(?i)text")'`, false, false},
		{"$bitsallset $bitsanyset $bitsallclear $bitsanyclear", "write when: 'math.bitAnd(value.flags, 4) == 4'", true, false},
		{"$near $nearsphere $geowithin $geointersects", "write when: 'value.lat > 50.0 && value.lat < 51.0'", true, true},
		{"$comment", "write a remark behind #", false, false},
		{"ip ipaddress", "write cidr in the list of the field, as in client: [{cidr: 10.0.0.0/8}]", false, false},
	} {
		for name := range strings.FieldsSeq(slip.names) {
			byName[name] = slip
		}
	}
	return byName
}()
