package config

import (
	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// Correlation is where the correlation id of an event comes from: the first of Headers that is
// present, else Field, else the trace id of traceparent, else a hash of the record's position.
type Correlation struct {
	Headers []string `key:"headers" default:"x-correlation-id,correlation-id" doc:"Headers to look for; the first one that the record has counts."`
	Field   string   `key:"field" expr:"value" default:"value.correlation_id" doc:"CEL expression for it if the record has none of the headers; empty to use none."`
}

func (co *Correlation) check(c *checker) {
	for i, name := range co.Headers {
		if name == "" {
			c.Addf(yamldoc.Index("correlation.headers", i), "the name is empty; write that of a header, or remove it")
		}
	}
}
