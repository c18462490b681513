// Package dialect declares what expressions may use: the variables of an event, CEL's functions and those that are
// ours, and the limits of an expression's text. What they do is in package expr.
package dialect
