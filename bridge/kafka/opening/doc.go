// Package opening says where reading begins: of a new group, or a topic that is new to it, before a member joins, and of
// partitions as they are assigned.
//
//	opening.go    what is committed before a member joins, and taken back
//	resolve.go    where that is: the end of a log, or the first record of a time
//	assigned.go   where assigned partitions begin
//	lost.go       partitions that were lost, and come back
//	bounds.go     where logs begin and end, and committed offsets that do not fit
//	newcomers.go  partitions that the group has no offset of
package opening
