package codec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// protoFile holds the messages of a schema.
type protoFile struct {
	top    []*protoMessage
	weight int // in memory, in bytes
}

// protoMessage is a message with the text of its JSON made ready.
type protoMessage struct {
	desc   protoreflect.MessageDescriptor
	fields []protoField    // in order of their numbers
	nested []*protoMessage // as the indexes before a value count them
	known  knownMessage
	file   *protoTypes
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

// protoTypes are all messages that a schema can see, by full name.
type protoTypes struct {
	messages map[protoreflect.FullName]*protoMessage
	enums    protoEnums
	visited  map[string]bool
	weight   int
	shared   bool // the file is the library's own, of which all schemas have one
}

// parseProtobuf compiles a schema and what it imports.
func parseProtobuf(src *source) (*protoFile, error) {
	files := map[string]string{}
	var bound protoBound
	if err := bound.check(src.text); err != nil {
		return nil, err
	}
	for _, ref := range src.refs {
		if err := bound.check(ref.text); err != nil {
			return nil, fmt.Errorf("%q, which it refers to: %w", ref.name, err)
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
		enums:  protoEnums{},
		ways:   map[string]int{},
	}
	desc, err := open.open(root)
	if err != nil {
		return nil, fmt.Errorf("parsing it: %w", err)
	}
	types := &protoTypes{messages: map[protoreflect.FullName]*protoMessage{}, enums: open.enums, visited: map[string]bool{}}
	types.add(desc)
	for _, m := range types.messages {
		m.link(types)
	}
	file := &protoFile{weight: types.weight}
	for i := range desc.Messages().Len() {
		file.top = append(file.top, types.messages[desc.Messages().Get(i).FullName()])
	}
	return file, nil
}

// add collects the messages of a file and of all its imports: an Any may hold each of them.
func (t *protoTypes) add(file protoreflect.FileDescriptor) {
	if t.visited[file.Path()] {
		return
	}
	t.visited[file.Path()] = true
	known, _ := protoregistry.GlobalFiles.FindFileByPath(file.Path())
	t.shared = known == file
	t.addMessages(file.Messages())
	t.weighEnums(file.Enums())
	imports := file.Imports()
	for i := range imports.Len() {
		t.add(imports.Get(i).FileDescriptor)
	}
}

// addMessages returns the messages that the .proto file declares. The entries of maps, which are
// messages to the descriptor, are none to Confluent's Java serializer (ProtobufSchema.toMessageIndexes).
func (t *protoTypes) addMessages(messages protoreflect.MessageDescriptors) (declared []*protoMessage) {
	for i := range messages.Len() {
		desc := messages.Get(i)
		t.weigh(desc)
		if desc.IsMapEntry() {
			continue
		}
		m := &protoMessage{desc: desc, known: knownMessages[desc.FullName()], file: t}
		t.messages[desc.FullName()] = m
		m.nested = t.addMessages(desc.Messages())
		declared = append(declared, m)
	}
	return declared
}

// weigh adds up what a message takes, without those within.
func (t *protoTypes) weigh(desc protoreflect.MessageDescriptor) {
	if t.shared {
		t.weight += weightShared * (1 + desc.Fields().Len())
		return
	}
	t.weight += weightMessage + 2*len(desc.FullName()) + weightOneof*desc.Oneofs().Len()
	fields := desc.Fields()
	for i := range fields.Len() {
		t.weight += weightField + 2*len(fields.Get(i).FullName()) + 3*len(fields.Get(i).Name())
	}
	t.weighEnums(desc.Enums())
}

func (t *protoTypes) weighEnums(enums protoreflect.EnumDescriptors) {
	for i := 0; i < enums.Len() && !t.shared; i++ {
		t.weight += weightEnum + 2*len(enums.Get(i).FullName())
		for _, name := range t.enums.of(enums.Get(i)) {
			t.weight += weightEnumValue + len(name)
		}
	}
}

// link makes the fields ready, once all messages are there.
func (m *protoMessage) link(types *protoTypes) {
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
			if f.message = types.messages[msg.FullName()]; msg.IsPlaceholder() {
				f.lost = msg.FullName()
			}
		}
		if enum := f.value.Enum(); enum != nil {
			f.enum, f.null = types.enums.of(enum), enum.FullName() == "google.protobuf.NullValue"
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
