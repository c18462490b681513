package remedy

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Failure is why a call fails. Its words are made when they are read: most are not, as && and || do
// without the side that fails.
type Failure struct {
	function string
	kinds    []ref.Type // of the arguments, which may not outlive the event
	text     types.String
	alone    bool // text is the only argument
	cause    *types.Err
	// Value is the error as CEL has it.
	Value ref.Val
}

// NewFailure is about the call with this id.
func NewFailure(function string, id int64, args []ref.Val, cause *types.Err) *Failure {
	f := &Failure{function: function, kinds: make([]ref.Type, len(args)), cause: cause}
	for i, arg := range args {
		f.kinds[i] = arg.Type()
	}
	if len(args) == 1 {
		f.text, f.alone = args[0].(types.String)
	}
	f.Value = types.LabelErrNode(id, types.WrapErr(f)) // CEL writes no other id to one that has one
	return f
}

// Lasting reports whether the words depend on the function and the kinds only.
func (f *Failure) Lasting() bool { return !f.alone && f.cause.Error() == noSuchOverload }

// Explains reports whether one that lasts has the words for other arguments of its call.
func (f *Failure) Explains(args []ref.Val, cause *types.Err) bool {
	return cause.Error() == noSuchOverload &&
		slices.EqualFunc(f.kinds, args, func(kind ref.Type, arg ref.Val) bool { return kind == arg.Type() })
}

// Error says what is wrong, and what to do about it.
func (f *Failure) Error() string {
	said := f.Reason()
	for _, known := range failureRemedies {
		if strings.Contains(said, known.said) {
			said += "; " + known.remedy
			break
		}
	}
	return excerpt.Failure(said) // functions quote their arguments
}

// Unwrap gives what CEL, or a function of ours, says.
func (f *Failure) Unwrap() error { return f.cause }

// Reason says in our words what is wrong.
func (f *Failure) Reason() string {
	if f.alone {
		if remedy := unreadableRemedy(f.function, string(f.text)); remedy != "" {
			return fmt.Sprintf("%q is %s; %s", excerpt.Of(string(f.text)), conversionNames[f.function], remedy)
		}
	}
	said := f.cause.Error()
	if problem, remedy := ofFormat(said); f.function == "format" && problem != "" {
		return problem + "; " + remedy
	}
	switch {
	case strings.HasPrefix(said, noSuchOverload), strings.HasPrefix(said, "type conversion error"):
		return misuseOf(f.function, f.kinds...).String()
	case strings.HasSuffix(said, "integer overflow") && conversionNames[f.function] != "":
		return f.function + "() does not take a number of this size; compare the number without it, or write double(…)"
	case said == "timestamp overflow":
		return "the number is not a time in seconds; divide milliseconds, as in timestamp(value.created / 1000)"
	}
	return said
}

// failureRemedies are what to do about CEL's failures.
var failureRemedies = []struct{ said, remedy string }{
	{"division by zero", "ask for it first, as in value.count != 0 && value.total / value.count > 1"},
	{"modulus by zero", "ask for it first, as in value.count != 0 && value.total % value.count == 1"},
	{"integer overflow", "write double(…) around one of the numbers"},
	{"index out of range", "ask for the length first, as in value.name.size() > 3 && value.name.charAt(3) == \"x\""},
	{"list is length", "ask for the length first, as in value.items.size() > 3 && value.items.slice(0, 3) == [1, 2, 3]"},
	{"must be comparable", "write sortBy() for mappings, as in value.items.sortBy(i, i.qty)"},
	{"must have the same type", "write sortBy() and convert, as in value.items.sortBy(i, string(i))"},
	{"join: invalid input", `it joins texts; write value.field.map(x, string(x)).join(",")`},
	{"invalid substring range", "write the lower index first, as in value.name.substring(0, 2)"},
	{"must be non-negative", "write 0 or more, as in value.items.flatten(1)"},
	{"negative offset", "write 0 or more, as in math.bitShiftLeft(value.n, 1)"},
	{"unknown time zone", "write one such as Europe/Berlin or +02:00"},
	{"illegal base64", "the text is none that base64.encode() writes"},
	{"invalid UTF-8", "the bytes are not text; write base64.encode(…) around them"},
}

// conversionNames say what a text is that cannot be converted.
var conversionNames = map[string]string{
	overloads.TypeConvertInt: "not a whole number", overloads.TypeConvertUint: "not a whole number", overloads.TypeConvertDouble: "not a number",
	overloads.TypeConvertBool: "neither true nor false", overloads.TypeConvertTimestamp: "not a time", overloads.TypeConvertDuration: "not a length of time",
}

var (
	daysText = regexp.MustCompile(`^(\d{1,6}) ?(d|days?|w|weeks?)$`)
	dateText = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
)

// unreadableRemedy says how a text has to be written for a conversion that failed; empty for other functions.
func unreadableRemedy(function, text string) string {
	switch function {
	case overloads.TypeConvertInt, overloads.TypeConvertUint:
		switch f, err := strconv.ParseFloat(text, 64); {
		case err == nil && function == overloads.TypeConvertUint && f < 0:
			return "write int(…) for a number below 0"
		case err == nil && math.Abs(f) >= math.MaxInt64:
			return "write double(…) for a number of this size, or compare the text itself"
		case err == nil && !math.IsNaN(f):
			return fmt.Sprintf("write %s(double(…)) for a number with a point or exponent", function)
		}
		return `ask for it first, as in value.field.matches("^-?[0-9]{1,18}$")`
	case overloads.TypeConvertDouble:
		return `ask for it first, as in value.field.matches("^-?[0-9]{1,9}([.][0-9]{1,9})?$")`
	case overloads.TypeConvertBool:
		return `compare it, as in value.field == "yes"`
	case overloads.TypeConvertTimestamp:
		if _, err := time.Parse(time.DateOnly, text); dateText.MatchString(text) && err == nil {
			return fmt.Sprintf("write %q", text+"T00:00:00Z")
		}
		return `it has to be like "2026-01-31T08:00:00Z"`
	case overloads.TypeConvertDuration:
		if m := daysText.FindStringSubmatch(text); m != nil {
			hours, _ := strconv.Atoi(m[1])
			if hours *= 24; m[2][0] == 'w' {
				hours *= 7
			}
			return fmt.Sprintf("write \"%dh\"", hours)
		}
		return `it has to be like "24h", "30m" or "1.5s"`
	}
	return ""
}

// noSuchOverload is what CEL says of kinds that a function does not take.
const noSuchOverload = "no such overload"

// Of says what CEL leaves out: most failures come from a field that is not in the event.
func Of(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Failure](err); ok {
		return err // has one
	}
	switch text := err.Error(); {
	case strings.HasPrefix(text, noSuchOverload): // of what is no call
		return errors.New("&&, || and ? : do not take what is neither true nor false; a field is absent, or to be compared, as in value.paid == true && value.status == \"open\"")
	case strings.Contains(text, "expected iterable type"):
		return errors.New("there is no list or map to loop over: a field is absent, or of another type; ask for it first, as in value.items != null && value.items.exists(i, i.qty > 1)")
	case len(text) > excerpt.Limit:
		return errors.New(excerpt.Failure(text))
	}
	return err
}
