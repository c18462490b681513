package protobuf

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// fileUnit is one .proto file, ready to decode with. Schemas that import it share it, where they mean the
// same by what it imports.
type fileUnit struct {
	schema.Part
	meaning  schema.Sum // of its text and of what it imports
	desc     protoreflect.FileDescriptor
	imports  []unitImport
	ways     int // that lead along public imports from it, its own one among them
	top      []*messageType
	messages map[protoreflect.FullName]*messageType // that it declares
	enums    enumsByName                            // likewise
	own      bool                                   // the file is the library's own
	// all are the messages that a schema can see whose text is this file; nil where it is none.
	all map[protoreflect.FullName]*messageType
}

// unitImport is what a file imports; of no unit where nobody has it.
type unitImport struct {
	path string
	unit *fileUnit
}

// meaningOf tells files of one text apart by what they import.
func meaningOf(text schema.Sum, imports []unitImport) schema.Sum {
	sums := []string{string(text[:])}
	for _, i := range imports {
		if i.unit != nil {
			sums = append(sums, string(i.unit.meaning[:]))
		} else {
			sums = append(sums, "")
		}
	}
	return schema.SumOf(sums...)
}

// paths are those of the files that it imports.
func (u *fileUnit) paths() []string {
	var all []string
	for _, i := range u.imports {
		all = append(all, i.path)
	}
	return all
}

// newFileUnit makes a file ready. What it imports is there.
func newFileUnit(desc protoreflect.FileDescriptor, imports []unitImport, enums enumsByName) *fileUnit {
	u := &fileUnit{desc: desc, imports: imports, enums: enums, own: enums == nil, messages: map[protoreflect.FullName]*messageType{}}
	if u.own {
		u.enums = enumsByName{}
		u.takeEnums(desc.Enums())
	}
	u.Weight = weightFile + weightImport*len(imports)
	u.top = u.addMessages(desc.Messages())
	u.weighEnums(desc.Enums())
	return u
}

// addMessages returns the messages that the .proto file declares. The entries of maps, which are
// messages to the descriptor, are none to Confluent's Java serializer (ProtobufSchema.toMessageIndexes).
func (u *fileUnit) addMessages(messages protoreflect.MessageDescriptors) (declared []*messageType) {
	for i := range messages.Len() {
		desc := messages.Get(i)
		u.weigh(desc)
		if desc.IsMapEntry() {
			continue
		}
		m := &messageType{desc: desc, known: knownMessages[desc.FullName()], unit: u}
		u.messages[desc.FullName()] = m
		m.nested = u.addMessages(desc.Messages())
		if u.own {
			u.takeEnums(desc.Enums())
		}
		declared = append(declared, m)
	}
	return declared
}

// takeEnums takes the enums of a file that the library brings.
func (u *fileUnit) takeEnums(enums protoreflect.EnumDescriptors) {
	for i := range enums.Len() {
		names := enumNames{}
		values := enums.Get(i).Values()
		for j := range values.Len() {
			names.add(values.Get(j).Number(), string(values.Get(j).Name()))
		}
		u.enums[enums.Get(i).FullName()] = names
	}
}

// weigh adds up what a message takes, without those within.
func (u *fileUnit) weigh(desc protoreflect.MessageDescriptor) {
	if u.own {
		u.Weight += weightShared * (1 + desc.Fields().Len())
		return
	}
	u.Weight += weightMessage + 2*len(desc.FullName()) + weightOneof*desc.Oneofs().Len()
	fields := desc.Fields()
	for i := range fields.Len() {
		u.Weight += weightField + 2*len(fields.Get(i).FullName()) + 3*len(fields.Get(i).Name())
	}
	u.weighEnums(desc.Enums())
}

func (u *fileUnit) weighEnums(enums protoreflect.EnumDescriptors) {
	for i := 0; i < enums.Len() && !u.own; i++ {
		u.Weight += weightEnum + 2*len(enums.Get(i).FullName())
		for _, name := range u.enums[enums.Get(i).FullName()] {
			u.Weight += weightEnumValue + len(name)
		}
	}
}

// link makes the fields ready; others are the files by their paths that this one can see.
func (u *fileUnit) link(others map[string]*fileUnit) {
	of := func(desc protoreflect.Descriptor) *fileUnit {
		if file := desc.ParentFile(); file != nil && file.Path() != u.desc.Path() {
			return others[file.Path()]
		}
		return u
	}
	for _, m := range u.messages {
		m.link(of)
	}
}

// see returns the files that lead from this one along imports, itself among them, and has its messages
// know those of all: an Any may hold each.
func (u *fileUnit) see() []*fileUnit {
	var all []*fileUnit
	seen := map[*fileUnit]bool{nil: true}
	var visit func(u *fileUnit)
	visit = func(u *fileUnit) {
		if seen[u] {
			return
		}
		seen[u] = true
		all = append(all, u)
		for _, i := range u.imports {
			visit(i.unit)
		}
	}
	visit(u)
	if u.all != nil { // somebody may be reading it
		return all
	}
	messages := map[protoreflect.FullName]*messageType{}
	for _, file := range slices.Backward(all) { // of two that declare one, the file itself counts
		for name, m := range file.messages {
			messages[name] = m
		}
	}
	u.all = messages
	return all
}
