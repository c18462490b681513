package routing

import "strings"

// operatorSlip is what to write for the name of an operator in another language, with or without a $, a
// dash and capitals; empty where it is none.
func operatorSlip(name string) string {
	if isOperator(name) {
		return ""
	}
	plain := strings.NewReplacer("$", "", "-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	return operatorSlips[plain]
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
		{"ip ipaddress", "write cidr in the list of the field, as in client: [{cidr: 10.0.0.0/8}]"},
	} {
		for name := range strings.FieldsSeq(slip.names) {
			byName[name] = slip.meant
		}
	}
	return byName
}()
