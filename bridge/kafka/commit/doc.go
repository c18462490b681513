// Package commit commits what is settled of the partitions of a member of a consumer group.
//
//	committer.go  the one goroutine that commits, and commits that are waited for
//	budget.go     what commits may cost the brokers
//	metadata.go   what stands with an offset, and in whose name it is committed
package commit
