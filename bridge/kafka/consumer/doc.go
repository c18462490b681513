// Package consumer reads topics as a member of a consumer group, hands the records to an intake, and commits what that
// says is settled.
//
// The loop:
//
//	source.go          the poll loop
//	pausing.go         when partitions are paused
//	deferred.go        records that wait until the intake takes them
//	follow.go          what is fetched, compared with what was read before
//	unreadable.go      batches that the client cannot read
//	timestamps.go      times that the client cannot hold
//
// Partitions, and where they begin:
//
//	assignment.go      what happens when partitions come and go
//	membership.go      members that the group has given up
//	start.go           where an assigned partition begins; offset_reset.go, topic_recreated.go
//	swap.go            another intake, of all groups at one moment
//	aside.go           partitions that cannot be read yet
//	trouble.go         errors of polls and of the group
//
// Beside the loop:
//
//	leave.go           how a member leaves
//	watch.go           what polls do not tell; logs.go, of logs
package consumer
