package simulate

import (
	"fmt"
	"strings"
	"time"
)

const (
	group       = "bridge"
	letterTopic = "dead"
	nowhere     = "127.0.0.1:9" // nobody listens there
)

// Scenario is what happens in a run: pure data, drawn from a seed, and the whole of it.
type Scenario struct {
	About   string         `json:"about"` // what it showed, of one that is kept
	Seed    uint64         `json:"seed"`
	Chance  uint64         `json:"chance"` // with the seed: what the runtime's own choices go by
	Brokers int            `json:"brokers"`
	Latency time.Duration  `json:"latency"` // of the network
	Topics  []Topic        `json:"topics"`
	Queues  []string       `json:"queues"`          // and topics of SNS
	Sizes   map[string]int `json:"sizes,omitempty"` // bytes that a place takes, where somebody has set it
	Setup   Setup          `json:"setup"`
	Members int            `json:"members"` // at the start
	Bursts  []Burst        `json:"bursts"`
	Events  []Event        `json:"events"`
	Signed  bool           `json:"signed,omitempty"` // signatures are checked
}

// Topic is one that exists at the start.
type Topic struct {
	Name       string `json:"name"`
	Partitions int32  `json:"partitions"`
}

// Burst is a number of records of one topic.
type Burst struct {
	At    time.Duration `json:"at"`
	Topic string        `json:"topic"`
	Count int           `json:"count"`
	Over  time.Duration `json:"over"` // from the first to the last
	Keys  int           `json:"keys"`
	Kinds int           `json:"kinds"`
	Size  int           `json:"size"` // bytes beside what every record has
	// Flavours are what some of the records are, beside plain: names of flavours.
	Flavours []string `json:"flavours,omitempty"`
	// Stamps are the timestamps: of now where empty, or old, future, micro and nano (seconds that a producer
	// counts wrongly), log (the log stamps them).
	Stamps string `json:"stamps,omitempty"`
	// Pack is how batches are packed: a codec; tiny, for all records in few batches; or one of hostile, which
	// some batches are.
	Pack string `json:"pack,omitempty"`
	// Txn has them produced in transactions: commit, abort, mixed, or abandon, which the broker aborts. Open is
	// how long each stays open.
	Txn  string        `json:"txn,omitempty"`
	Open time.Duration `json:"open,omitempty"`
}

// limit is how many bytes a message at a place may have (Amazon SQS and SNS Developer Guides, quotas).
func (sc *Scenario) limit(place string) int {
	const queue, topic = 1 << 20, 256 << 10
	switch {
	case sc.Sizes[place] > 0:
		return sc.Sizes[place]
	case strings.HasPrefix(place, "t"):
		return topic
	}
	return queue
}

// limits are those of all places.
func (sc *Scenario) limits() (all []int) {
	for _, place := range sc.Queues {
		all = append(all, sc.limit(place))
	}
	return all
}

// Event is something that is done at a time.
type Event struct {
	At time.Duration `json:"at"`
	Do string        `json:"do"`
	// Member, Broker, Partition: which, counted from 0 and taken modulo what there is.
	Member    int           `json:"member,omitempty"`
	Broker    int           `json:"broker,omitempty"`
	Partition int           `json:"partition,omitempty"`
	Name      string        `json:"name,omitempty"`  // of a destination, a topic, a queue
	Other     string        `json:"other,omitempty"` // a second name, an error's
	For       time.Duration `json:"for,omitempty"`   // how long it lasts
	Count     int           `json:"count,omitempty"`
	// Chance is of what may be hit how much is, 0 for all; Every, of how many records one, 0 for all; Key, the
	// message group; Size, the bytes above which.
	Chance  float64       `json:"chance,omitempty"`
	Every   int           `json:"every,omitempty"`
	Key     string        `json:"key,omitempty"`
	Size    int           `json:"size,omitempty"`
	Latency time.Duration `json:"latency,omitempty"`
}

func (e Event) String() string {
	text := fmt.Sprintf("%8s %s", e.At, e.Do)
	switch {
	case e.Name != "" && e.Other != "":
		text += fmt.Sprintf(" %s: %s", e.Name, e.Other)
	case e.Name+e.Other != "":
		text += " " + e.Name + e.Other
	}
	if e.For > 0 {
		text += " for " + e.For.String()
	}
	if e.Count > 0 {
		text += fmt.Sprintf(" ×%d", e.Count)
	}
	if e.Chance > 0 {
		text += fmt.Sprintf(", %.0f in 100", 100*e.Chance)
	}
	if e.Every > 0 {
		text += fmt.Sprintf(", one in %d", e.Every)
	}
	if e.Key != "" {
		text += ", group " + e.Key
	}
	if e.Size > 0 {
		text += fmt.Sprintf(", above %d bytes", e.Size)
	}
	if e.Latency != 0 {
		text += ", by " + e.Latency.String()
	}
	return text + fmt.Sprintf(" (member %d, broker %d, partition %d)", e.Member, e.Broker, e.Partition)
}
