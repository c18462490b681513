package fault

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"strings"
)

// The destinations, of each kind of service one.
const (
	orders   = iota // SQS standard
	payments        // SQS FIFO
	alerts          // SNS standard
	audit           // SNS FIFO
	destinations
)

var destinationNames = [destinations]string{"orders", "payments", "alerts", "audit"}

// targets are the queues and topics that are sent to.
var targets = [destinations]string{"orders", "payments.fifo", "alerts", "audit.fifo"}

// farEnds are the queues that the events of each destination end in.
var farEnds = [destinations]string{"orders", "payments.fifo", "alerts-sub", "audit-sub.fifo"}

func isFIFO(destination int) bool { return destination == payments || destination == audit }

// kind is what becomes of an event.
type kind struct {
	name    string
	share   int // of a hundred
	to      []int
	letter  bool // ends in the dead letters
	refused bool // by payments, between others of the same group
}

var kinds = []kind{
	{name: "order", share: 24, to: []int{orders}},
	{name: "payment", share: 26, to: []int{payments}},
	{name: "alert", share: 15, to: []int{alerts}},
	{name: "audit", share: 17, to: []int{audit}},
	{name: "all", share: 12, to: []int{orders, payments, alerts, audit}},
	{name: "noise", share: 3}, // dropped by a rule
	{name: "poison", share: 2, letter: true, refused: true},
	{name: "unmatched", share: 1, letter: true}, // matches no rule
}

// poisonMark is what the endpoint refuses a message for.
const poisonMark = `"kind":"poison"`

// standards is the most deliveries of one event to destinations that show duplicates.
const standards = 2

// body is what an event says of itself.
type body struct {
	ID    int    `json:"id"`
	Kind  string `json:"kind"`
	Group string `json:"group"`
	Pad   string `json:"pad"`
}

// groupsEach is how many message groups each partition has.
const groupsEach = 10

// makeEvent draws an event. Its group belongs to one partition for ever.
func makeEvent(rng *rand.Rand, id, partitions int) (e event, value []byte) {
	n := rng.IntN(100)
	for i, k := range kinds {
		if n -= k.share; n < 0 {
			e.kind = &kinds[i]
			break
		}
	}
	e.partition = int32(rng.IntN(partitions))
	e.group = fmt.Sprintf("g%d-%d", e.partition, rng.IntN(groupsEach))
	e.offset = -1
	value, _ = json.Marshal(body{id, e.kind.name, e.group, strings.Repeat("é\"", rng.IntN(200))})
	e.sum = maphash.Bytes(sumSeed, value)
	return e, value
}

var sumSeed = maphash.MakeSeed()
