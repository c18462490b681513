// Package problem keeps what is wrong in one consumer group, until that is over.
//
//	health_scope.go  all that a member has said, which ends with it
//	asides.go        partitions that are set aside until they can be read
//	unread.go        what cannot be read: partitions, topics, the answers of brokers
package problem
