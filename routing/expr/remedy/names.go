package remedy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

var (
	qualifiedCall = regexp.MustCompile(`^\w+(\.\w+)+\s*\(`)
	fieldPath     = regexp.MustCompile(`^\w+(\.[A-Za-z_]\w*)+`)
)

// name is about one that means nothing.
func (s slip) name(name string) (problem, remedy string) {
	after := s.source[s.at:]
	if call := qualifiedCall.FindString(after); call != "" && strings.HasPrefix(call, name) {
		name = strings.TrimRight(call, " (")
	} else if !strings.HasPrefix(after, "(") && !strings.HasPrefix(after, name+"(") {
		return s.variable(name)
	}
	last := name[strings.LastIndex(name, ".")+1:]
	if first, _, _ := strings.Cut(name, "."); slices.Contains(dialect.Variables, first) {
		name = last
	}
	problem = "there is no function " + excerpt.Of(name)
	plain := strings.NewReplacer("_", "").Replace
	for _, known := range []string{plain(strings.ToLower(name)), plain(strings.ToLower(last))} {
		if functionNames[known] != "" {
			return problem, "write " + strings.ReplaceAll(functionNames[known], "NAME", known)
		}
	}
	if near := suggest.DidYouMean(name, dialect.FunctionNames()); near != "" {
		return problem, strings.TrimPrefix(near, "; ")
	}
	return problem, "docs/configuration.md#functions lists them"
}

// variable is about a name that is no function's.
func (s slip) variable(name string) (problem, remedy string) {
	name = strings.TrimPrefix(name, ".")
	problem = "there is no name " + excerpt.Of(name)
	switch {
	case strings.HasPrefix(s.source[s.at:], "{"):
		return problem, `write a mapping without a name before it, as in {"id": value.id}`
	case valueNames[name] != "":
		return problem, "write " + valueNames[name]
	}
	path := fieldPath.FindString(s.source[s.at:])
	if near := suggest.DidYouMean(name, dialect.Variables); near != "" {
		return problem, strings.TrimPrefix(near, "; ")
	}
	_, below, _ := strings.Cut(path, ".")
	switch {
	case slices.Contains(dialect.Namespaces, name):
		return "there is no " + excerpt.Of(path), "docs/configuration.md#functions lists what there is"
	case below != "" && slices.Contains(dialect.Variables, strings.Split(below, ".")[0]):
		return problem, "write " + excerpt.Of(below)
	case below != "" && slices.Contains(recordNames, strings.ToLower(name)):
		return problem, fmt.Sprintf("write value.%s for a field of the value, which itself is value", excerpt.Of(below))
	case below != "":
		return problem, fmt.Sprintf("write a field of the value as value.%s", excerpt.Of(path))
	}
	return problem, fmt.Sprintf("write text in quotes, as \"%s\", and a field as value.%s", excerpt.Of(name), excerpt.Of(name))
}

// recordNames are what others call the value.
var recordNames = []string{"record", "msg", "message", "event", "payload", "body", "data", "this", "self", "root", "detail", "it", "json", "doc", "input"}

// valueNames are what CEL writes for values of other languages.
var valueNames = map[string]string{
	"nil": "null", "None": "null", "undefined": "null", "NULL": "null", "Null": "null",
	"True": "true", "TRUE": "true", "False": "false", "FALSE": "false",
	"now": noClock, "NOW": noClock, "today": noClock, "CURRENT_TIMESTAMP": noClock, "current_timestamp": noClock,
	"NaN": "math.isNaN(value.total)", "Infinity": "math.isInf(value.total)",
}

// functionNames are what CEL writes for functions of other languages, by their names in small letters.
var functionNames = func() map[string]string {
	byName := map[string]string{}
	for _, hint := range functionHints {
		for name := range strings.FieldsSeq(hint.names) {
			byName[name] = hint.meant
		}
	}
	return byName
}()

const noClock = "timestamp, which is the record's time; expressions have no clock"

var functionHints = []struct{ names, meant string }{
	{"not", "! for not, as in !(value.a in [1, 2])"},
	{"any some anymatch exists", "exists() with a name for an element, as in value.items.exists(i, i.qty > 1), and has(value.field) for a field"},
	{"every allmatch all", "all() with a name for an element, as in value.items.all(i, i.qty > 1)"},
	{"existsone", "exists_one() with a name for an element, as in value.items.exists_one(i, i.qty > 1)"},
	{"sortby orderby", "sortBy() with a name for an element, as in value.items.sortBy(i, i.qty)"},
	{"sprintf printf tofixed formatnumber", `format(), as in "%.2f".format([double(value.total)])`},
	{"getdays", `getHours(), as in duration("48h").getHours()`},
	{"where filter select", "filter() with a name for an element, as in value.items.filter(i, i.qty > 1)"},
	{"find", "filter(), as in value.items.filter(i, i.qty > 1)[0]"},
	{"foreach transformmap transformlist map collect", "map() with a name for an element, as in value.items.map(i, i.qty)"},
	{"keys values entries", "map(), as in value.prices.map(k, k) for the keys and value.prices.map(k, value.prices[k]) for what they hold"},
	{"first last", "value.items[0] for the first element, and value.items[value.items.size() - 1] for the last"},
	{"count", "size(), as in value.items.filter(i, i.qty > 1).size()"},
	{"len length strlen", "size() for the length, as in value.name.size()"},
	{"sum avg reduce", "what is added up one by one, as in value.items[0].qty + value.items[1].qty; nothing adds up a list"},
	{"includes include contain", `contains() for a text, and in for a list, as in "a" in value.tags`},
	{"containsall sets.contains", `hasAll(), as in value.tags.hasAll(["a", "b"])`},
	{"containsany sets.intersects", `hasAny(), as in value.tags.hasAny(["a", "b"])`},
	{"sets.equivalent", `hasExactly(), as in value.tags.hasExactly(["a", "b"])`},
	{"tolowercase tolower lower lowercase downcase", "lowerAscii(), as in value.name.lowerAscii()"},
	{"touppercase toupper upper uppercase upcase", "upperAscii(), as in value.name.upperAscii()"},
	{"strip trimspace ltrim rtrim", "trim(), as in value.name.trim()"},
	{"substr left right mid", "substring(), as in value.name.substring(0, 2)"},
	{"match test regex regexp regex.match rematch like", `matches(), as in value.name.matches(r"^a")`},
	{"regex.extract regex.replace regex.extractall", "replace(), split() or substring(), which take texts; regular expressions are for matches() only"},
	{"concat", `+ to join, as in value.a + "-" + value.b`},
	{"tostring str text", "string(), as in string(value.total)"},
	{"float tofloat todouble number tonumber parsefloat decimal bigdecimal", "double(), as in double(value.total)"},
	{"parseint toint integer long tolong", "int(), as in int(value.total)"},
	{"boolean tobool parsebool", "bool(), as in bool(value.paid)"},
	{"typeof instanceof", "type(), as in type(value.total) == int"},
	{"isnull isnotnull", "== null or != null, as in value.field != null"},
	{"isempty", `== "" for a text, and size() == 0 for a list`},
	{"defined has haskey haskeys hasfield containskey isset", `has(value.field), or "name" in value`},
	{"get", `the name in brackets, as in value["name"]`},
	{"coalesce ifnull nvl default orvalue hasvalue or optional.of optional.none optional.ofnonzerovalue optmap optflatmap", "a condition, as in value.field != null ? value.field : 0; an absent field reads as null"},
	{"if iif cond ifelse switch", `a condition with ? and :, as in value.total > 1 ? "a" : "b"`},
	{"now today currenttime currenttimestamp sysdate getdate utcnow", noClock},
	{"time date datetime todate totime todatetime totimestamp parsedate parsetime strptime parsetimestamp fromtimestamp", "timestamp(), as in timestamp(value.created)"},
	{"notin isnotin", "! and in, as in !(value.field in [1, 2])"},
	{"isin oneof anyof inlist", "in between the two, as in value.field in [1, 2]"},
	{"uuid random rand", `topic, partition and offset, which no other record has, as in topic + "-" + string(partition) + "-" + string(offset)`},
	{"max math.max min math.min", "math.greatest() or math.least(), as in math.greatest(value.a, value.b)"},
	{"abs round ceil floor trunc sqrt sign", "math.NAME(), as in math.NAME(value.total)"},
	{"pow math.pow", "a product, as in value.n * value.n"},
	{"parse json.parse parsejson fromjson jsonparse jsondecode decode", "json.decode(), as in json.decode(value.payload).id"},
	{"tojson json.stringify stringify jsonencode encode", "json.encode(), as in json.encode(value.items)"},
	{"json", "json.decode() to read JSON in a text, and json.encode() to write it"},
	{"base64 tobase64 btoa frombase64 atob", "base64.encode(bytes(value.name)) or base64.decode(value.name)"},
	{"range", "lists.range(), as in lists.range(3)"},
	{"bind cel.bind let", "the part itself in each place; there are no names for parts"},
	{"getyear year", "getFullYear(), as in timestamp.getFullYear()"},
	{"month", "getMonth(), which counts from 0, as in timestamp.getMonth()"},
	{"day getday weekday", "getDate() or getDayOfWeek(), as in timestamp.getDate()"},
	{"hour", "getHours(), as in timestamp.getHours()"},
	{"gettime epoch unix", "int(timestamp), which is in seconds"},
	{"hash md5 sha1 sha256 crc32", "the text itself, as in value.name; nothing in expressions hashes"},
}
