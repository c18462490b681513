// Package ring is a queue in a ring of memory, which grows and is reused.
package ring
