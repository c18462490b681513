// Package forecast says what would become of a record by a configuration, and sends nothing. It may use what the
// daemon is made of, and is used by commands.
package forecast
