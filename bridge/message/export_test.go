package message

import "github.com/sluice-bridge/sluice/routing"

// Sendable, AttributeName and Allowed are for the tests from outside, which send through a pipeline.
func Sendable(b []byte) bool { return sendable(b) }

func AttributeName(header string, configured []routing.Attribute) string {
	return attributeName(header, configured)
}

func Allowed(s string) bool { return allowed(s) }
