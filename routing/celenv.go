package routing

import (
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"
)

const (
	// MaxExpressionLength is how many characters an expression may have, and maxExpressionDepth how deep it may nest.
	MaxExpressionLength = 10_000
	maxExpressionDepth  = 100

	// maxRegexProgram is how many instructions a regular expression may have.
	maxRegexProgram = 1_000
)

// environment is shared by all expressions: building one costs more than compiling with it.
var environment = sync.OnceValues(func() (*cel.Env, error) {
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
		cel.Variable(schemaVariable, cel.DynType), // may be null
		// Later encoders parse YAML and JSON into optional values; json.decode does without.
		ext.Strings(), ext.Math(), ext.Lists(), ext.Encoders(ext.EncodersVersion(1)),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.Macros(hasMacro), hasFunction, decodeFunction,
		cel.ParserExpressionSizeLimit(MaxExpressionLength),
		cel.ParserRecursionLimit(maxExpressionDepth),
		cel.RegexProgramSizeLimit(maxRegexProgram),
	)
})

// variables are what expressions see.
var variables = []string{"value", "key", "headers", "topic", "partition", "offset", "timestamp", "correlation_id", schemaVariable}

// schemaVariable is what the value was decoded by; null where that was no schema.
const schemaVariable = "schema"

// schemaFields are those of the variable, null where the registry, or the schema, has none.
var schemaFields = []string{"name", "id", "subject", "version"}
