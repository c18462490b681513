package main

import (
	"slices"
	"strings"

	"github.com/sluice-bridge/sluice/address"
)

// describe names a queue or topic: "SQS FIFO queue ledger.fifo".
func describe(a address.Address) string {
	words := []string{"SQS", "queue", a.Name}
	if a.Service == address.SNS {
		words = []string{"SNS", "topic", a.Name}
	}
	if a.FIFO() {
		words = slices.Insert(words, 1, "FIFO")
	}
	return strings.Join(words, " ")
}
