// Package routing decides where an event goes. It is pure: a table is compiled once from rules
// and then answers for one event at a time, without I/O and without keeping anything of it.
//
// A rule is made of patterns, which packages pattern and match know, and of expressions, which package expr knows;
// neither knows the other, or rules.
//
//   - rules: rule.go, compile.go, problem.go, topics.go
//   - the table: table.go, plan.go for each topic
//   - a decision: route.go, decision.go, unread.go, and explain.go for a person
//   - correlation.go and traceparent.go find the id of an event
package routing
