package codec

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// protoUnit is one .proto file, ready to decode with. Schemas that import it share it, where they mean the
// same by what it imports.
type protoUnit struct {
	part
	meaning  textSum // of its text and of what it imports
	desc     protoreflect.FileDescriptor
	imports  []protoImport
	ways     int // that lead along public imports from it, its own one among them
	top      []*protoMessage
	messages map[protoreflect.FullName]*protoMessage // that it declares
	enums    protoEnums                              // likewise
	own      bool                                    // the file is the library's own
	// all are the messages that a schema can see whose text is this file; nil where it is none.
	all map[protoreflect.FullName]*protoMessage
}

// protoImport is what a file imports; of no unit where nobody has it.
type protoImport struct {
	path string
	unit *protoUnit
}

// meaningOf tells files of one text apart by what they import.
func meaningOf(text textSum, imports []protoImport) textSum {
	sums := []string{string(text[:])}
	for _, i := range imports {
		if i.unit != nil {
			sums = append(sums, string(i.unit.meaning[:]))
		} else {
			sums = append(sums, "")
		}
	}
	return sumOf(sums...)
}

// paths are those of the files that it imports.
func (u *protoUnit) paths() []string {
	var all []string
	for _, i := range u.imports {
		all = append(all, i.path)
	}
	return all
}

// newProtoUnit makes a file ready. What it imports is there.
func newProtoUnit(desc protoreflect.FileDescriptor, imports []protoImport, enums protoEnums) *protoUnit {
	u := &protoUnit{desc: desc, imports: imports, enums: enums, own: enums == nil, messages: map[protoreflect.FullName]*protoMessage{}}
	if u.own {
		u.enums = protoEnums{}
		u.takeEnums(desc.Enums())
	}
	u.weight = weightFile + weightImport*len(imports)
	u.top = u.addMessages(desc.Messages())
	u.weighEnums(desc.Enums())
	return u
}

// addMessages returns the messages that the .proto file declares. The entries of maps, which are
// messages to the descriptor, are none to Confluent's Java serializer (ProtobufSchema.toMessageIndexes).
func (u *protoUnit) addMessages(messages protoreflect.MessageDescriptors) (declared []*protoMessage) {
	for i := range messages.Len() {
		desc := messages.Get(i)
		u.weigh(desc)
		if desc.IsMapEntry() {
			continue
		}
		m := &protoMessage{desc: desc, known: knownMessages[desc.FullName()], unit: u}
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
func (u *protoUnit) takeEnums(enums protoreflect.EnumDescriptors) {
	for i := range enums.Len() {
		names := protoEnum{}
		values := enums.Get(i).Values()
		for j := range values.Len() {
			names.add(values.Get(j).Number(), string(values.Get(j).Name()))
		}
		u.enums[enums.Get(i).FullName()] = names
	}
}

// weigh adds up what a message takes, without those within.
func (u *protoUnit) weigh(desc protoreflect.MessageDescriptor) {
	if u.own {
		u.weight += weightShared * (1 + desc.Fields().Len())
		return
	}
	u.weight += weightMessage + 2*len(desc.FullName()) + weightOneof*desc.Oneofs().Len()
	fields := desc.Fields()
	for i := range fields.Len() {
		u.weight += weightField + 2*len(fields.Get(i).FullName()) + 3*len(fields.Get(i).Name())
	}
	u.weighEnums(desc.Enums())
}

func (u *protoUnit) weighEnums(enums protoreflect.EnumDescriptors) {
	for i := 0; i < enums.Len() && !u.own; i++ {
		u.weight += weightEnum + 2*len(enums.Get(i).FullName())
		for _, name := range u.enums[enums.Get(i).FullName()] {
			u.weight += weightEnumValue + len(name)
		}
	}
}

// link makes the fields ready; others are the files by their paths that this one can see.
func (u *protoUnit) link(others map[string]*protoUnit) {
	of := func(desc protoreflect.Descriptor) *protoUnit {
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
func (u *protoUnit) see() []*protoUnit {
	var all []*protoUnit
	seen := map[*protoUnit]bool{nil: true}
	var visit func(u *protoUnit)
	visit = func(u *protoUnit) {
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
	messages := map[protoreflect.FullName]*protoMessage{}
	for _, file := range slices.Backward(all) { // of two that declare one, the file itself counts
		for name, m := range file.messages {
			messages[name] = m
		}
	}
	u.all = messages
	return all
}
