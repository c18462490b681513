package dialect

import (
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"
)

const (
	// MaxLength is how many characters an expression may have, and MaxDepth how deep it may nest.
	MaxLength = 10_000
	MaxDepth  = 100

	// MaxRegexProgram is how many instructions a regular expression may have.
	MaxRegexProgram = 1_000
)

// Environment is shared by all expressions: building one costs more than compiling with it.
var Environment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("topic", cel.StringType),
		cel.Variable("partition", cel.IntType),
		cel.Variable("offset", cel.IntType),
		cel.Variable("timestamp", cel.TimestampType),
		// dyn, because a key or a header may be absent, and comparing with null must type-check.
		cel.Variable("key", cel.DynType),
		cel.Variable("headers", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("value", cel.DynType),
		cel.Variable("correlation_id", cel.StringType),
		cel.Variable(SchemaVariable, cel.DynType), // may be null
		// Later encoders parse YAML and JSON into optional values; json.decode does without.
		ext.Strings(), ext.Math(), ext.Lists(), ext.Encoders(ext.EncodersVersion(1)),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.Macros(hasMacro), hasFunction, decodeFunction,
		cel.ParserExpressionSizeLimit(MaxLength),
		cel.ParserRecursionLimit(MaxDepth),
		cel.RegexProgramSizeLimit(MaxRegexProgram),
	)
})

// Variables are what expressions see.
var Variables = []string{"value", "key", "headers", "topic", "partition", "offset", "timestamp", "correlation_id", SchemaVariable}

// SchemaVariable is what the value was decoded by; null where that was no schema.
const SchemaVariable = "schema"

// SchemaFields are those of the variable, null where the registry, or the schema, has none.
var SchemaFields = []string{"name", "id", "subject", "version"}
