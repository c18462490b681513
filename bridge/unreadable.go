package bridge

// Unreadable takes a batch that was not read in the place of its records, which came behind those that
// were accepted before: one dead letter stands for all of them, and the partition's mark does not pass
// the batch before that is acknowledged. Like Accept it is called by one goroutine at a time.
func (p *Pipeline) Unreadable(part *Partition, u Unreadable) {
	reach := part.Reach()
	part.Begin(Mark{Offset: u.First, Epoch: u.Epoch}, reach)
	// It is the concern of one group, as what has no destination is.
	if p.Secondary || u.Next <= reach.Rest {
		part.register([]settling{{offset: u.Next - 1, epoch: u.Epoch}})
		return
	}
	d := newDelivery()
	d.record, d.batch, d.part = u.record(part.Topic, part.ID), &u, part
	st, _ := newStamp(d.record, part.Origin, "", nil)
	d.message.CorrelationID = st.correlationID
	seq, ok := part.register([]settling{{offset: u.Next - 1, epoch: u.Epoch, pending: 1, bytes: recordOverhead}})
	if !ok {
		d.free()
		return
	}
	d.seq = seq
	p.Letters.bury(d, "", u.Reason, u.Why)
}
