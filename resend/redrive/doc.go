// Package redrive sends dead letters again, each once over all runs: which letters have left their topic is
// committed for a group.
//
//	request.go       what is to be sent again, looked up
//	dead_letters.go  those of a topic, and what is to become of each
//	redrive.go       a run
//	flight.go        a letter on its way
//	order.go         letters in the order of their records
//	ledger.go        which letters of a partition have left
package redrive
