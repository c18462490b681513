package match

// Slots are where the values of fields go: those of one name share a slot, so that an event is read once however many
// patterns there are.
type Slots struct {
	byName map[string]int32
}

// NewSlots returns none yet.
func NewSlots() *Slots { return &Slots{byName: map[string]int32{}} }

// Assign gives fields their slots.
func (s *Slots) Assign(fields []Field) {
	for i := range fields {
		fields[i].slot = s.slotOf(&fields[i])
	}
}

// slotOf returns where the values of a field go, the same for all patterns that ask for it.
func (s *Slots) slotOf(f *Field) int32 {
	key := "value\x00" + f.name
	if f.header {
		key = "header\x00" + f.name
	}
	slot, ok := s.byName[key]
	if !ok {
		slot = int32(len(s.byName)) //nolint:gosec // those of a file
		s.byName[key] = slot
	}
	return slot
}

// Pattern is what a rule asks of an event's value and headers. It is immutable and safe for concurrent use.
type Pattern struct {
	// branches are the alternatives over headers and value; one without fields where nothing is asked.
	branches []Branch
	asks     bool
	object   bool           // of the value, so it must be an object
	order    map[string]int // of the fields by their places, as they were written
}

// NewPattern makes a pattern of its alternatives. asks and object say whether it asks anything, and something of the
// value; order are the places of the fields in the order in which they were written, before all others.
func NewPattern(branches []Branch, asks, object bool, order []string) *Pattern {
	p := &Pattern{branches: branches, asks: asks, object: object, order: make(map[string]int, len(order))}
	for i, at := range order {
		p.order[at] = i - len(order) // below 0, which is that of the others
	}
	return p
}

// Asks reports whether it asks anything of an event.
func (p *Pattern) Asks() bool { return p.asks }

// AsksValue reports whether it asks something of the value, which then must be an object.
func (p *Pattern) AsksValue() bool { return p.object }
