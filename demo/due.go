package demo

import "fmt"

// MaxDestinations is how many destinations a configuration may have for its demo: they are kept
// as the bits of a number.
const MaxDestinations = 31

// Due is where one record has to go.
type Due struct {
	// Deliver has a bit for each destination that gets it.
	Deliver uint32
	// DeadLetters has a bit for each destination it cannot be sent to: each makes a dead letter.
	DeadLetters uint32
	// Lost is set where no destination is found and the record itself is the dead letter.
	Lost bool
	// Reason of the dead letters, where it is known.
	Reason string
	// Groups are the message groups that are known.
	Groups []Group
}

// Group is the message group that a destination gets a record in.
type Group struct {
	Destination int
	Name        string
}

// To adds a delivery; an empty group is none that is known.
func (f *Due) To(destination int, group string) {
	f.Deliver |= 1 << destination
	if group != "" {
		f.Groups = append(f.Groups, Group{destination, group})
	}
}

// DeadLetter adds a dead letter for a destination.
func (f *Due) DeadLetter(destination int, reason string) {
	f.DeadLetters |= 1 << destination
	f.Reason = reason
}

// The bits of what may come of a record: deliveries, dead letters by destination, and the dead
// letter of a record without one.
func deliveryBit(destination int) uint64 { return 1 << destination }

// noDestination stands for the destination of a record that has none.
const noDestination = MaxDestinations

func deadLetterBit(destination int) uint64 { return 1 << (MaxDestinations + 1 + destination) }

func (f *Due) bits() uint64 {
	b := uint64(f.Deliver) | uint64(f.DeadLetters)<<(MaxDestinations+1)
	if f.Lost {
		b |= deadLetterBit(noDestination)
	}
	return b
}

// Position is where a record is in Kafka.
type Position struct {
	Topic     string
	Partition int32
	Offset    int64
}

// String is topic/partition/offset.
func (p Position) String() string { return fmt.Sprintf("%s/%d/%d", p.Topic, p.Partition, p.Offset) }
