package config

// Correlation is where the correlation id of an event comes from: the first of Headers that is
// present, else Field, else the trace id of traceparent, else a hash of the record's position.
type Correlation struct {
	Headers []string `koanf:"headers" default:"x-correlation-id,correlation-id" doc:"Headers to look for; the first one present counts."`
	Field   string   `koanf:"field" default:"value.correlation_id" doc:"CEL expression for it where no header is present; empty to leave the value alone."`
}

func (co *Correlation) check(c *checker) {
	for i, name := range co.Headers {
		if name == "" {
			c.addf(index("correlation.headers", i), "the name is empty; write that of a header, or remove it")
		}
	}
}
