package address

import "strings"

// Describe names a queue or topic for people: "SQS FIFO queue ledger.fifo".
func (a Address) Describe() string {
	return strings.ToUpper(string(a.Service)) + " " + a.Kind() + " " + a.Name
}

// Kind says what it is: "FIFO queue".
func (a Address) Kind() string {
	kind := "queue"
	if a.Service == SNS {
		kind = "topic"
	}
	if a.FIFO() {
		return "FIFO " + kind
	}
	return kind
}
