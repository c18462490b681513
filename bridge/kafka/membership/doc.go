// Package membership says who is in a consumer group, and has one process alone in it.
//
//	census.go    asks the brokers who is in a group
//	tenants.go   what that means for a bridge that is to join
//	vacancy.go   asked before groups are joined
//	lock.go      a group of one member, which reads nothing and alone commits
//	leave.go     a member that goes; withdraw.go, static members that do not come back
//
// It knows nothing of what is read, or of destinations.
package membership
