// Package yamlconf is a language for configurations: structs whose tags give each key its name, default, range and
// description are filled from the environment over a YAML file over the defaults. Everything that is wrong is
// reported at once, with its place, and with what was probably meant. Editors get a JSON Schema of the same tags.
//
// It knows no program; what is one's own comes in as a [Language], and as the shape of its schema. It may import
// config/yamldoc and internal packages alone.
//
//	read.go         the steps together
//	layers.go       what lies over what
//	environment.go  the names of variables, and their values
//	fields.go       the tags
//	decode.go       settings into structs; scalar.go
//	remedy.go       how a value should have been written
//	range.go        ranges
//	notation.go     values with a notation of their own: duration.go, size.go; secret.go
//	schema.go       the JSON Schema; schema_size.go
package yamlconf
