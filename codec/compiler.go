package codec

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/avro"
	"github.com/sluice-bridge/sluice/codec/protobuf"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// compiler makes schemas of their texts, one at a time. The zero one is ready.
type compiler struct {
	texts    schema.Cache[schema.Compiled]
	protobuf protobuf.Compiler
}

// compile returns what a text was made into already where a schema has it, else makes it.
func (c *compiler) compile(src *schema.Source) (*schema.Compiled, error) {
	texts := []string{src.Kind.String(), src.Text}
	for _, ref := range src.Refs {
		texts = append(texts, ref.Name, ref.Text)
	}
	sum := schema.SumOf(texts...)
	made := c.texts.Find(sum)
	if made == nil {
		var err error
		if made, err = c.parse(src); err != nil {
			return nil, err
		}
		c.texts.Keep(sum, made)
	}
	return made, nil
}

// parse makes a schema of its text. The parsers get text that others wrote: should one of them
// panic, then this schema is of no use, and the process goes on.
func (c *compiler) parse(src *schema.Source) (made *schema.Compiled, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot be parsed: %v", p)
		}
	}()
	switch src.Kind {
	case sr.TypeAvro:
		return avro.Parse(src)
	case sr.TypeProtobuf:
		return c.protobuf.Parse(src)
	case sr.TypeJSON:
		title := strings.Clone(gjson.Get(src.Text, "title").String()) // or it keeps all of the text
		return &schema.Compiled{Kind: src.Kind, Title: title, Names: []string{title}, Part: schema.Part{Weight: len(title)}}, nil
	}
	return nil, fmt.Errorf("its type is %v, which is neither Avro, Protobuf nor JSON Schema", src.Kind)
}
