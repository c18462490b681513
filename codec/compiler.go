package codec

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/twmb/franz-go/pkg/sr"
)

// compiled is what the text of a schema is made into. Schemas of one text share it.
type compiled struct {
	part
	format Format
	title  string   // of a JSON Schema
	names  []string // of the types that a value may be of
	types  picker
	files  []*protoUnit // of a Protobuf schema
}

// parts are what this takes in memory.
func (c *compiled) parts() []*part {
	all := []*part{&c.part}
	for _, file := range c.files {
		all = append(all, &file.part)
	}
	return all
}

// compiler makes schemas of their texts, one at a time. The zero one is ready.
type compiler struct {
	texts parts[compiled]
	files parts[protoUnit]
}

// compile returns what a text was made into already where a schema has it, else makes it.
func (c *compiler) compile(src *source) (*compiled, error) {
	texts := []string{src.kind.String(), src.text}
	for _, ref := range src.refs {
		texts = append(texts, ref.name, ref.text)
	}
	sum := sumOf(texts...)
	made := c.texts.find(sum)
	if made == nil {
		var err error
		if made, err = c.parse(src); err != nil {
			return nil, err
		}
		c.texts.keep(sum, made)
	}
	return made, nil
}

// parse makes a schema of its text. The parsers get text that others wrote: should one of them
// panic, then this schema is of no use, and the process goes on.
func (c *compiler) parse(src *source) (made *compiled, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot be parsed: %v", p)
		}
	}()
	switch src.kind {
	case sr.TypeAvro:
		t, weight, err := parseAvro(src)
		if err != nil {
			return nil, err
		}
		return &compiled{format: FormatAvro, types: t, names: t.names(), part: part{weight}}, nil
	case sr.TypeProtobuf:
		t, files, err := c.parseProtobuf(src)
		if err != nil {
			return nil, err
		}
		return &compiled{format: FormatProtobuf, types: t, names: t.names(), part: part{weightSeen * (len(t.all) + len(files))}, files: files}, nil
	case sr.TypeJSON:
		title := strings.Clone(gjson.Get(src.text, "title").String()) // or it keeps all of the text
		return &compiled{format: FormatJSONSchema, title: title, names: []string{title}, part: part{len(title)}}, nil
	}
	return nil, fmt.Errorf("its type is %v, which is neither Avro, Protobuf nor JSON Schema", src.kind)
}
