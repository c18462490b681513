package pipeline

import (
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Unreadable takes a batch that was not read in the place of its records, which came behind those that
// were accepted before: one dead letter stands for all of them, and the partition's mark does not pass
// the batch before that is acknowledged. Like Accept it is called by one goroutine at a time.
func (p *Pipeline) Unreadable(part *offsets.Tracker, u message.Unreadable) {
	reach := part.Progress()
	part.Begin(offsets.Position{Offset: u.First, Epoch: u.Epoch}, reach)
	// It is the concern of one group, as what has no destination is.
	if p.Secondary || u.Next <= reach.Default {
		part.Register([]offsets.Entry{{Offset: u.Next - 1, Epoch: u.Epoch}})
		return
	}
	d := delivery.New()
	d.Record, d.Batch, d.Ack, d.Origin = u.Record(part.Topic, part.ID), &u, part, &part.Origin
	st, _ := message.NewRecordInfo(d.Record, d.Origin, nil, "", nil)
	d.Message.CorrelationID = st.CorrelationID
	seq, ok := part.Register([]offsets.Entry{{Offset: u.Next - 1, Epoch: u.Epoch, Pending: 1, Bytes: offsets.RecordOverhead}})
	if !ok {
		d.Free()
		return
	}
	d.Seq = seq
	p.Letters.Take(d, "", u.Reason, u.Why)
}
