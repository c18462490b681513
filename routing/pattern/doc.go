// Package pattern is the language of event patterns, those of EventBridge as Event Ruler understands them: it compiles
// them from YAML, and says what is wrong with one and what to write instead. It knows no rules and no expressions;
// docs/routing.md describes the language. Package match, below it, finds the patterns that an event matches, and ip
// knows addresses.
//
// set.go compiles the patterns of a rule, compile.go their fields, operators.go and a file for each larger operator the
// tests of a field; slips.go has what to write instead of the operators of other languages. A new operator is an entry
// in operators.go and a kind of match.Matcher.
package pattern
