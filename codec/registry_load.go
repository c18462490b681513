package codec

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// subjectPatience is how long a subject is waited for that is not needed.
const subjectPatience = 2 * time.Second

// load gets a schema and all that it refers to.
func (c *registryClient) load(ctx context.Context, key schemaKey) (*schema.Source, error) {
	var root sr.Schema
	var err error
	id := int(key.id)
	if key.guid == ([16]byte{}) {
		root, err = c.sr.SchemaByID(ctx, int(key.id))
	} else {
		var found sr.SubjectSchema
		found, err = c.sr.SchemaByGUID(ctx, key.String())
		root, id = found.Schema, found.ID
	}
	if missing(err) {
		return nil, &UndecodableError{Reason: ReasonUnknownSchema, Schema: key.String(), Err: fmt.Errorf("%s does not have it", c.host)}
	}
	src := &schema.Source{Kind: root.Type, Text: root.Schema, ID: id}
	if err == nil && root.Type == sr.TypeJSON { // its values are JSON, whatever it says
		if len(root.Schema) > schema.MaxSchema {
			src.Text = "" // nor is its title read
		}
		return src, c.register(ctx, key, src)
	}
	l := loader{client: c, key: key, source: src, seen: map[sr.SchemaReference]bool{}}
	if err := l.weigh(root, err); err != nil {
		return nil, err
	}
	if root.Schema == "" {
		return nil, c.explain(errors.New("its answer holds no schema")) // not the registry's
	}
	if err := c.register(ctx, key, src); err != nil {
		return nil, err
	}
	// A version that was deleted since still explains the values written with it.
	if err := l.follow(sr.WithParams(ctx, sr.ShowDeleted), root.References); err != nil {
		return nil, err
	}
	return src, nil
}

// register asks under which subjects a schema is registered, where somebody wants to know.
func (c *registryClient) register(ctx context.Context, key schemaKey, src *schema.Source) error {
	if key.topic == 0 {
		return nil
	}
	if !key.needed {
		brief, cancel := context.WithTimeout(ctx, subjectPatience)
		defer cancel()
		_ = c.origin(brief, key, src)
		return nil
	}
	if err := c.origin(ctx, key, src); err != nil {
		return c.explain(err)
	}
	return nil
}

// loader gathers what a schema refers to.
type loader struct {
	client *registryClient
	key    schemaKey
	source *schema.Source
	seen   map[sr.SchemaReference]bool
	bytes  int // of all texts
}

// weigh takes an answer of the registry, or refuses it: it may not have come, or be too large.
func (l *loader) weigh(s sr.Schema, err error) error {
	var long *http.MaxBytesError
	if err != nil && !errors.As(err, &long) {
		return l.client.explain(err)
	}
	if l.bytes += len(s.Schema); l.bytes > schema.MaxSchema || long != nil {
		return l.undecodable(ReasonBadSchema, fmt.Errorf("it is larger than %d MiB with all that it refers to", schema.MaxSchema>>20))
	}
	return nil
}

// follow gets the references, each after those of its own.
func (l *loader) follow(ctx context.Context, refs []sr.SchemaReference) error {
	for _, ref := range refs {
		if l.seen[ref] {
			continue
		}
		l.seen[ref] = true
		if len(l.seen) > schema.MaxReferences {
			return l.undecodable(ReasonBadSchema, fmt.Errorf("it refers to more than %d others", schema.MaxReferences))
		}
		found, err := l.client.sr.SchemaByVersion(ctx, ref.Subject, ref.Version)
		if missing(err) {
			return l.undecodable(ReasonUnknownSchema, fmt.Errorf("it refers to version %d of %q, which %s does not have",
				ref.Version, ref.Subject, l.client.host))
		}
		if err := l.weigh(found.Schema, err); err != nil {
			return err
		}
		if err := l.follow(ctx, found.References); err != nil {
			return err
		}
		l.source.Refs = append(l.source.Refs, schema.Reference{Name: ref.Name, Text: found.Schema.Schema})
	}
	return nil
}

func (l *loader) undecodable(reason Reason, err error) error {
	return &UndecodableError{Reason: reason, Schema: l.key.String(), Err: err}
}
