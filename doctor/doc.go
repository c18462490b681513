// Package doctor looks at everything that a configuration refers to, where that is: brokers, topics, groups,
// queues. It changes nothing and sends nothing. Summarize says what a configuration does.
package doctor
