// Package kafka reaches brokers: how a client is made, what it is asked once, and the words that the packages below it
// share.
//
//	client.go           connection, TLS, SASL: dial.go, oauth.go, msk.go
//	clientlog.go        the client's own lines
//	reach.go            whether a broker answers
//	short_client.go     clients that live for a few questions
//	topics.go           topics, and which a name stands for; subscription.go, what the client subscribes to
//	offsets.go          what a group has committed; where logs begin and end
//	fetchable.go        whether partitions can be read
//	transactions.go     transactions that are open
//	topic_partition.go  a partition of a topic; positions.go, offsets of several
//	record_time.go      the time that a timestamp says
//	time_limits.go      how long the brokers may take
package kafka
