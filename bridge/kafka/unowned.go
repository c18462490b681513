package kafka

// The client may fetch what is not this member's, for as long as nobody else gets it: offsets that come after a
// topic was forgotten are fetched from all the same (franz-go 1.22). It would fetch everything twice, for nothing.

// unown has the client fetch nothing more of a partition that is not this member's, until it is. What is no
// partition, but an error of a topic or of all, is none of that. Called by the poll loop with the gate read-locked.
func (s *Source) unown(at place) {
	if at.topic == "" || at.partition < 0 || s.unowned[at] {
		return
	}
	s.unowned[at] = true
	s.client.PauseFetchPartitions(map[string][]int32{at.topic: {at.partition}})
}

// own undoes that for what is this member's now. Called with the gate locked.
func (s *Source) own(partitions map[string][]int32) {
	resume := map[string][]int32{}
	for topic, ids := range partitions {
		for _, id := range ids {
			if at := (place{topic, id}); s.unowned[at] {
				delete(s.unowned, at)
				resume[topic] = append(resume[topic], id)
			}
		}
	}
	if len(resume) > 0 {
		s.client.ResumeFetchPartitions(resume)
	}
}
