// Package remedy says what is wrong with an expression, in the words of who writes it, and what to write instead. It
// is about what does not compile (issue.go, slip.go and what that looks at) and about calls that fail on an event
// (failure.go); misuse.go and operands.go are for both.
package remedy
