package codec

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/options"
	"github.com/bufbuild/protocompile/parser"
	"github.com/bufbuild/protocompile/reporter"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// protoFiles are the files that a schema is made of. Registries hold them to the grammar, and so does
// this: an import that nobody has, or that is of no use, is left out, and a type that nobody declares is a
// placeholder, which fails only the values that have it. Many a schema imports what its options need, and
// no more.
type protoFiles struct {
	sources protocompile.Resolver
	linked  protoregistry.Files
	opened  map[string]bool
	enums   protoEnums
	ways    map[string]int // that lead along public imports from a file, its own one among them
	walked  int            // of them, by all files
}

// maxProtoWays bounds the ways along public imports. The linker walks each, and two files a level double them.
const maxProtoWays = 1_000_000

// open returns the descriptor of a file, having opened what it imports.
func (p *protoFiles) open(path string) (protoreflect.FileDescriptor, error) {
	found, err := p.sources.FindFileByPath(path)
	if err != nil {
		return nil, err
	}
	if found.Desc != nil {
		return found.Desc, nil
	}
	text, err := io.ReadAll(found.Source)
	if err != nil {
		return nil, err
	}
	fd, err := parseProtoFile(path, text)
	if err != nil {
		return nil, err
	}
	enums := takeEnums(fd, sha256.Sum256(text))
	for _, imported := range fd.Dependency {
		if p.opened[imported] {
			continue
		}
		p.opened[imported] = true
		if file, err := p.open(imported); err == nil {
			_ = p.linked.RegisterFile(file) // fails where it declares what another one does
		}
	}
	if err := p.walk(fd); err != nil {
		return nil, err
	}
	link := protodesc.FileOptions{AllowUnresolvable: true}
	desc, err := link.New(fd, &p.linked)
	if err == nil && setTypes(fd.MessageType, desc.Messages()) {
		desc, err = link.New(fd, &p.linked)
	}
	if err != nil {
		return nil, err
	}
	for name, values := range enums {
		if p.enums[name] == nil { // else this file is refused for it
			p.enums[name] = values
		}
	}
	return desc, nil
}

// walk counts the ways that the linker walks for a file whose imports are open.
func (p *protoFiles) walk(fd *descriptorpb.FileDescriptorProto) error {
	for _, imported := range fd.Dependency {
		p.walked += p.ways[imported]
	}
	if p.walked > maxProtoWays {
		return fmt.Errorf("its public imports lead to one another in more than %d ways", maxProtoWays)
	}
	ways := 1
	for _, i := range fd.PublicDependency {
		ways += p.ways[fd.Dependency[i]]
	}
	p.ways[fd.GetName()] = ways
	return nil
}

// parseProtoFile reads a file as far as decoding needs it.
func parseProtoFile(path string, text []byte) (*descriptorpb.FileDescriptorProto, error) {
	handler := reporter.NewHandler(nil)
	tree, err := parser.Parse(path, bytes.NewReader(text), handler)
	if err != nil {
		return nil, err
	}
	if err := pruneProto(tree); err != nil {
		return nil, err
	}
	result, err := parser.ResultFromAST(tree, false, handler)
	if err != nil {
		return nil, err
	}
	if fd := result.FileDescriptorProto(); fd.Edition != nil { // else features of 2024 are refused
		fd.Edition = descriptorpb.Edition_EDITION_2024.Enum()
	}
	// It knows nothing of custom options, and leaves them as they are.
	if _, err := options.InterpretUnlinkedOptions(result); err != nil {
		return nil, err
	}
	fd := result.FileDescriptorProto()
	fd.Options = &descriptorpb.FileOptions{Features: fd.Options.GetFeatures()}
	fd.Extension = nil
	prepareMessages(fd.MessageType)
	return fd, nil
}

// prepareMessages takes away what the parser adds and decoding does not need, and what it made of features
// that are no standard ones.
func prepareMessages(messages []*descriptorpb.DescriptorProto) {
	for _, m := range messages {
		m.Options = &descriptorpb.MessageOptions{MapEntry: proto.Bool(m.Options.GetMapEntry()), Features: m.Options.GetFeatures()}
		m.Extension = nil
		for _, f := range m.Field {
			f.Options = &descriptorpb.FieldOptions{Features: f.Options.GetFeatures()}
			f.JsonName = nil
		}
		prepareMessages(m.NestedType)
	}
}

// setTypes sets what the parser could not know of fields: whether their types are messages or enums. One
// that nobody declares is taken for a message. It says whether there are such fields.
func setTypes(messages []*descriptorpb.DescriptorProto, descs protoreflect.MessageDescriptors) (unset bool) {
	for i, m := range messages {
		for j, f := range m.Field {
			if f.Type != nil {
				continue
			}
			kind := descs.Get(i).Fields().Get(j).Kind()
			if kind == 0 {
				kind = protoreflect.MessageKind
			}
			f.Type, unset = descriptorpb.FieldDescriptorProto_Type(kind).Enum(), true
		}
		unset = setTypes(m.NestedType, descs.Get(i).Messages()) || unset
	}
	return unset
}
