package config

import "github.com/sluice-bridge/sluice/topic"

// DeadLetter is where records go that cannot be delivered: a Kafka topic or a destination. Load
// fills in the default topic, so exactly one of the two is set.
type DeadLetter struct {
	Kafka       string `key:"kafka" doc:"A topic of the same cluster; GROUP.dead-letter if left out. It is created if it is missing."`
	Destination string `key:"destination" doc:"A destination."`
}

func (d *DeadLetter) check(c *checker) {
	switch {
	case c.IsUnread("dead_letter") || c.IsUnread("dead_letter.kafka") || c.IsUnread("dead_letter.destination"):
	case d.Kafka != "" && d.Destination != "":
		c.Addf("dead_letter", "both kafka and destination are set; keep one")
	case d.Destination != "":
		if c.knows("dead_letter.destination", d.Destination) && c.Destinations[d.Destination].Isolated {
			c.Addf("dead_letter.destination", "%s is isolated, and dead letters come from every group; name one that is not", d.Destination)
		}
	case d.Kafka != "":
		checkTopicName(c, "dead_letter.kafka", d.Kafka)
	case c.Kafka.Group != "":
		d.Kafka = c.Kafka.Group + ".dead-letter"
		if !topic.IsName(d.Kafka) {
			c.Addf("dead_letter.kafka", "the default, %q, cannot be a topic of Kafka; name one", d.Kafka)
		}
	}
}
