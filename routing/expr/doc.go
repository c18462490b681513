// Package expr evaluates CEL expressions on events: the conditions of rules, and what gives the parts of messages. It
// is pure, and knows no rules; docs/configuration.md describes the language.
//
// It is CEL but for three things: what is absent reads as null, a number means what is written however many digits it
// has, and what one event makes an expression do is bounded. Packages of its own have
//
//   - dialect: the variables and functions that there are
//   - number: what numbers mean, and when values are equal
//   - interp: all that stands on cel-go's interpreter, behind one decorator
//   - remedy: what is said of mistakes
//
// and this one
//
//   - an expression: program.go, expression.go, content.go, direct.go without the interpreter; gives.go and sum.go say
//     what it gives before there is an event
//   - the event: event.go, variables.go, and its parts as values: value.go, object.go, array.go, readnumber.go,
//     headers.go, schema.go
//   - functions in place of CEL's: operators.go, lists.go, format.go, json.go
//   - what all functions cost: cost.go, size.go
//   - results as text: render.go
package expr
