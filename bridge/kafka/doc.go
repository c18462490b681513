// Package kafka reads topics as a consumer group and commits what the bridge says is settled.
//
// The loop:
//
//	client.go        connection, TLS, SASL
//	source.go        the poll loop
//	gate.go          the lock between the loop and rebalances
//	pausing.go       when partitions are paused
//	waiting.go       records that wait until the pipeline takes them
//	schemas.go       partitions that wait for schemas
//	readahead.go     how much is fetched, and unpacked; unpack.go, unpack_zstd.go
//	follow.go        what is fetched, compared with what was read before
//	unreadable.go    batches that the client cannot read; alone.go reads them
//	timestamp.go     times that the client cannot hold; timestamp_lookup.go
//	deadletter.go    the producer of dead letters; letter.go their form, room.go their size
//
// Partitions, and where they begin:
//
//	assignment.go    what happens when partitions come and go
//	membership.go    members that the group has given up
//	opening.go       where a new group or topic begins, before a member joins; opening_resolve.go
//	start.go         where an assigned partition begins; newcomers.go, beyond.go, retention.go
//	aside.go         partitions that cannot be read yet
//	remade.go        topics that were deleted and made again; identity.go, describe.go
//	topics.go        topics that are missing; subscription.go
//	watch.go         what polls do not tell; ends.go, readable.go
//	trouble.go       errors of polls and of the group; failing.go remembers them, scope.go
//
// Commits:
//
//	commit.go        the one goroutine that commits; commit_budget.go what that may cost
//	committed.go     what is committed
//	notes.go         notes of later versions
//	sharing.go       who sends what, where destinations have groups of their own
//	seed.go          where such a group begins; renamed.go where it had another name
//	withdraw.go      static members that do not come back
//
// Beside the group:
//
//	peek.go          reading without a group; peek_*.go
//	claim.go         a group of one member, which reads nothing
//	lookup.go        topics and offsets, asked once
//	lag.go           metrics
//	clientlog.go     the client's own lines
package kafka
