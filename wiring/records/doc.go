// Package records opens a topic by a configuration, to read its records outside of any consumer group, and words why
// they cannot be read.
package records
