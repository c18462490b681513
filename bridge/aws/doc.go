// Package awsapi is what the SQS and SNS sinks share: configuration and credentials by the AWS
// SDK, one tuned HTTP transport an endpoint, signed requests, and the class of every failure.
//
// The SDK's operation stack (serialiser, middleware, deserialiser) costs about three times the
// CPU of the request itself, so a sink builds its own request body and hands it to Client.Do,
// which signs and sends it once. Look-ups, which are rare, use the SDK's clients on the same
// transport and credentials.
//
// Ownership: a Session belongs to the daemon and outlives its clients; a Client belongs to the
// sinks that took it with Session.Client and closes with the last Release. Neither starts a
// goroutine of its own; the transport's end with its connections.
package awsapi
