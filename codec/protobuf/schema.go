package protobuf

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bufbuild/protocompile"
	"github.com/twmb/franz-go/pkg/sr"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// fileTypes is the file that a schema's text is, of which its values are.
type fileTypes struct{ *fileUnit }

// messageType is a message with the text of its JSON made ready.
type messageType struct {
	desc   protoreflect.MessageDescriptor
	fields []messageField // in order of their numbers
	nested []*messageType // as the indexes before a value count them
	known  knownMessage
	unit   *fileUnit
}

type messageField struct {
	desc protoreflect.FieldDescriptor
	name string
	key  string // quoted, with the colon
	// always is set where the field has a value even when nobody set it.
	always bool
	list   bool
	dict   bool
	// message of the field, or of its items or values.
	message *messageType
	// value is the descriptor of the values of a map, else desc.
	value protoreflect.FieldDescriptor
	enum  enumNames
	// lost is the name of the field's type where nobody declares it.
	lost protoreflect.FullName
	null bool // the enum is google.protobuf.NullValue
}

// Compiler makes schemas of their texts, one at a time. The zero one is ready.
type Compiler struct {
	files schema.Cache[fileUnit] // that schemas in use are made of
}

// Parse compiles a schema and what it imports.
func (c *Compiler) Parse(src *schema.Source) (*schema.Compiled, error) {
	files := map[string]string{}
	var bound textBound
	if err := bound.check(src.Text); err != nil {
		return nil, err
	}
	for _, ref := range src.Refs {
		if err := bound.check(ref.Text); err != nil {
			return nil, fmt.Errorf("%q, which it refers to: %w", ref.Name, err)
		}
		files[ref.Name] = readableEdition(ref.Text)
	}
	root := "schema.proto"
	for files[root] != "" {
		root = "_" + root
	}
	files[root] = readableEdition(src.Text)
	open := fileSet{
		sources: protocompile.WithStandardImports(protocompile.CompositeResolver{
			&protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(files)},
			&protocompile.SourceResolver{Accessor: openKnownImport},
		}),
		opened: map[string]bool{root: true},
		units:  map[string]*fileUnit{},
		shared: &c.files,
	}
	unit, err := open.open(root)
	if err != nil {
		return nil, fmt.Errorf("parsing it: %w", err)
	}
	made := schema.Compiled{Kind: sr.TypeProtobuf}
	for _, file := range unit.see() {
		made.Shared = append(made.Shared, &file.Part)
	}
	f := &fileTypes{unit}
	made.Types, made.Names, made.Weight = f, f.names(), weightSeen*(len(f.all)+len(made.Shared))
	return &made, nil
}

// link makes the fields ready. Of says which file declares a type.
func (m *messageType) link(of func(protoreflect.Descriptor) *fileUnit) {
	fields := m.desc.Fields()
	for i := range fields.Len() {
		desc := fields.Get(i)
		key, _ := jsontext.AppendString(nil, string(desc.Name()))
		f := messageField{
			desc: desc, name: string(desc.Name()), key: string(append(key, ':')), value: desc,
			always: !desc.HasPresence(), list: desc.IsList(), dict: desc.IsMap(),
		}
		if f.dict {
			f.value = desc.MapValue()
		}
		if msg := f.value.Message(); msg != nil {
			if msg.IsPlaceholder() {
				f.lost = msg.FullName()
			} else {
				f.message = of(msg).messages[msg.FullName()]
			}
		}
		if enum := f.value.Enum(); enum != nil {
			f.enum, f.null = of(enum).enums[enum.FullName()], enum.FullName() == "google.protobuf.NullValue"
		}
		m.fields = append(m.fields, f)
	}
	slices.SortFunc(m.fields, func(a, b messageField) int { return int(a.desc.Number() - b.desc.Number()) })
}

var errNoMessage = errors.New("the schema has no message of that index")

// names are those of the messages that the file declares itself.
func (f *fileTypes) names() []string {
	var all []string
	for _, m := range f.top {
		all = append(all, m.Name(nil))
	}
	return all
}

// Pick reads which message of the file the value is.
func (f *fileTypes) Pick(b []byte) (schema.Transcoder, []byte, error) {
	var m *messageType
	among := f.top
	rest, err := cutIndexes(b, func(place int) error {
		if place >= len(among) {
			return errNoMessage
		}
		m = among[place]
		among = m.nested
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return m, rest, nil
}
