// Package handover says which consumer group sends what to a destination, and where: the shared group of a bridge, or
// one of its own, as destinations are isolated, renamed and taken back. What is decided goes by what groups have committed,
// and by the notes that stand with it.
//
//	sharing.go   where the shared group begins, and what it takes back
//	renamed.go   destinations that had another name while they were isolated
//	fit.go       what there is room for in a note
//	seed.go      where the group of an isolated destination begins
//	reached.go   how far a group is; foremost.go, the foremost of several
//	lookup.go    what groups have committed
//	version.go   notes that only a later version can read
//
// It is not a member of any group.
package handover
