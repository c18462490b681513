package codec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// protoFile is the file that a schema's text is, of which its values are.
type protoFile struct{ *protoUnit }

// protoMessage is a message with the text of its JSON made ready.
type protoMessage struct {
	desc   protoreflect.MessageDescriptor
	fields []protoField    // in order of their numbers
	nested []*protoMessage // as the indexes before a value count them
	known  knownMessage
	unit   *protoUnit
}

type protoField struct {
	desc protoreflect.FieldDescriptor
	name string
	key  string // quoted, with the colon
	// always is set where the field has a value even when nobody set it.
	always bool
	list   bool
	dict   bool
	// message of the field, or of its items or values.
	message *protoMessage
	// value is the descriptor of the values of a map, else desc.
	value protoreflect.FieldDescriptor
	enum  protoEnum
	// lost is the name of the field's type where nobody declares it.
	lost protoreflect.FullName
	null bool // the enum is google.protobuf.NullValue
}

// parseProtobuf compiles a schema and what it imports. It returns all files that the schema is made of as well.
func (c *compiler) parseProtobuf(src *source) (*protoFile, []*protoUnit, error) {
	files := map[string]string{}
	var bound protoBound
	if err := bound.check(src.text); err != nil {
		return nil, nil, err
	}
	for _, ref := range src.refs {
		if err := bound.check(ref.text); err != nil {
			return nil, nil, fmt.Errorf("%q, which it refers to: %w", ref.name, err)
		}
		files[ref.name] = readableEdition(ref.text)
	}
	root := "schema.proto"
	for files[root] != "" {
		root = "_" + root
	}
	files[root] = readableEdition(src.text)
	open := protoFiles{
		sources: protocompile.WithStandardImports(protocompile.CompositeResolver{
			&protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(files)},
			&protocompile.SourceResolver{Accessor: openKnownImport},
		}),
		opened: map[string]bool{root: true},
		units:  map[string]*protoUnit{},
		shared: &c.files,
	}
	unit, err := open.open(root)
	if err != nil {
		return nil, nil, fmt.Errorf("parsing it: %w", err)
	}
	made := unit.see()
	return &protoFile{unit}, made, nil
}

// link makes the fields ready. Of says which file declares a type.
func (m *protoMessage) link(of func(protoreflect.Descriptor) *protoUnit) {
	fields := m.desc.Fields()
	for i := range fields.Len() {
		desc := fields.Get(i)
		key, _ := appendString(nil, string(desc.Name()))
		f := protoField{
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
	slices.SortFunc(m.fields, func(a, b protoField) int { return int(a.desc.Number() - b.desc.Number()) })
}

var errNoMessage = errors.New("the schema has no message of that index")

// names are those of the messages that the file declares itself.
func (f *protoFile) names() []string {
	var all []string
	for _, m := range f.top {
		all = append(all, m.name(nil))
	}
	return all
}

// pick reads which message of the file the value is.
func (f *protoFile) pick(b []byte) (transcoder, []byte, error) {
	var m *protoMessage
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
