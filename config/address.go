package config

import "github.com/sluice-bridge/sluice/address"

// Address is what Destination.Address returns, for who reads a configuration and parses nothing.
type Address = address.Address

// The services of an Address.
const (
	SQS = address.SQS
	SNS = address.SNS
)
