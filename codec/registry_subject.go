package codec

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// origin asks under which subjects a schema is registered; of one that is known by its GUID the id first.
func (c *registryClient) origin(ctx context.Context, key schemaKey, src *schema.Source) error {
	if src.ID == 0 {
		ids, err := c.sr.SchemaIDsByGUID(ctx, key.String())
		if err != nil || len(ids) != 1 { // another context has another id
			return told(err)
		}
		src.ID = ids[0].ID
	}
	all, err := c.sr.SchemaVersionsByID(ctx, src.ID)
	if err == nil {
		src.Subjects = all
	}
	return told(err)
}

// told returns nil for the error of a registry that does not tell: it has no such endpoint, answers something
// else there, or does not let us ask.
func told(err error) error {
	var resp *sr.ResponseError
	switch {
	case errors.As(err, new(*json.UnmarshalTypeError)), errors.As(err, new(*json.SyntaxError)),
		errors.As(err, &resp) && resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests:
		return nil
	}
	return err
}

// about says under which subject and version a schema is registered for a topic, of whose values the types
// have these names: by the strategies of Confluent's serializers in the order of their use (topic, topic and
// record, record), else the only one there is.
func about(src *schema.Source, topic string, names []string) Schema {
	s := Schema{ID: src.ID}
	wanted := []string{topic + "-value"}
	for _, name := range names {
		wanted = append(wanted, topic+"-"+name)
	}
	wanted = append(wanted, names...)
	others := func(v sr.SubjectVersion) bool { return v.Subject != src.Subjects[0].Subject }
	if len(src.Subjects) > 0 && !slices.ContainsFunc(src.Subjects, others) {
		wanted = append(wanted, src.Subjects[0].Subject)
	}
	newest := map[string]int{}
	for _, v := range src.Subjects {
		newest[v.Subject] = max(newest[v.Subject], v.Version)
	}
	for _, subject := range wanted {
		if version := newest[subject]; version > 0 {
			s.Subject, s.Version = subject, version
			break
		}
	}
	return s
}
