// Package trail remembers what was read of a partition: up to where, and of which leaders, so that what is fetched next can
// be told from what was read, and from what has come in its place.
//
//	trail.go    what was read
//	compare.go  what is fetched, compared with it
package trail
