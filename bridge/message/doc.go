// Package message makes the message that a destination gets of a record: its body, envelope, attributes, ids and
// exact size. It is pure: a record leaves with the same ids however often it is made.
//
//	encode.go      a record and a destination to a message
//	profile.go     what a kind of destination takes
//	resend.go      that a record is sent again on purpose
//	record_info.go what is the same for all destinations of a record: ids, correlation, position
//	body.go        the body; envelope_json.go and cloudevents.go wrap it
//	provenance.go  attributes that say where a record is from; forward.go its headers
//	filterable.go  attributes that SNS filters by
//	deadletter.go  what a dead letter says; envelope.go the message that carries it
//	unreadable.go  a batch that could not be read
package message
