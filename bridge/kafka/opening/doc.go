// Package opening commits where a new group, or a topic that is new to it, begins to be read, before a member joins.
//
//	opening.go  what is committed, and taken back
//	resolve.go  where that is: the end of a log, or the first record of a time
package opening
