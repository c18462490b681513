package address

import "strings"

// Describe names a queue or topic for people: "SQS FIFO queue ledger.fifo".
func (a Address) Describe() string {
	words := []string{"SQS", "queue", a.Name}
	if a.Service == SNS {
		words = []string{"SNS", "topic", a.Name}
	}
	if a.FIFO() {
		words[0] += " FIFO"
	}
	return strings.Join(words, " ")
}
