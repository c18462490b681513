// Package message makes the message that a destination gets of a record: its body, envelope, attributes, ids and
// exact size. It is pure: a record leaves with the same ids however often it is made.
//
//	message.go     what is sent
//	encode.go      a record and a destination to a message
//	profile.go     what a kind of destination takes
//	resend.go      that a record is sent again on purpose
//	record_info.go what is the same for all destinations of a record: ids, correlation, position
//	body.go        the body; envelope_json.go and cloudevents.go wrap it; text.go, whether it can be sent
//	incoming.go    a record that is a CloudEvent already; eventmember.go, a member of one
//	provenance.go  attributes that say where a record is from; forward.go its headers, headers.go those of one name
//	filterable.go  attributes that SNS filters by; attribute_type.go, their types
//	deadletter.go  what a dead letter says; envelope.go the message that carries it
//	unreadable.go  a batch that could not be read
package message
