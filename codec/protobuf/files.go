package protobuf

import (
	"bytes"
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

	"github.com/sluice-bridge/sluice/codec/schema"
)

// fileSet are the files that a schema is made of. Registries hold them to the grammar, and so does
// this: an import that nobody has, or that is of no use, is left out, and a type that nobody declares is a
// placeholder, which fails only the values that have it. Many a schema imports what its options need, and
// no more.
type fileSet struct {
	sources protocompile.Resolver
	linked  protoregistry.Files
	opened  map[string]bool
	units   map[string]*fileUnit // of what is linked
	shared  *schema.Cache[fileUnit]
	walked  int // ways along public imports
}

// maxWays bounds the ways along public imports. The linker walks each, and two files a level double them.
const maxWays = 1_000_000

// open returns a file, having opened what it imports.
func (p *fileSet) open(path string) (*fileUnit, error) {
	found, err := p.sources.FindFileByPath(path)
	if err != nil {
		return nil, err
	}
	if found.Desc != nil {
		return p.openOwn(found.Desc), nil
	}
	raw, err := io.ReadAll(found.Source)
	if err != nil {
		return nil, err
	}
	text := schema.SumOf(path, string(raw))
	var fd *descriptorpb.FileDescriptorProto
	var paths []string
	if like := p.shared.Find(text); like != nil {
		paths = like.paths()
	} else {
		if fd, err = parseFile(path, raw); err != nil {
			return nil, err
		}
		paths = fd.Dependency
	}
	imports := p.imports(paths)
	if err := p.walk(imports); err != nil {
		return nil, err
	}
	meaning := meaningOf(text, imports)
	if known := p.shared.Find(meaning); known != nil {
		return known, nil
	}
	if fd == nil {
		if fd, err = parseFile(path, raw); err != nil {
			return nil, err
		}
	}
	unit, err := p.make(fd, text, imports)
	if err != nil {
		return nil, err
	}
	unit.meaning = meaning
	p.shared.Keep(text, unit)
	p.shared.Keep(meaning, unit)
	return unit, nil
}

// make makes a file ready whose imports are open.
func (p *fileSet) make(fd *descriptorpb.FileDescriptorProto, text schema.Sum, imports []unitImport) (*fileUnit, error) {
	enums := takeEnums(fd, text)
	link := protodesc.FileOptions{AllowUnresolvable: true}
	seen := fileScope{&p.linked, map[string]bool{}}
	for _, i := range imports {
		if i.unit != nil {
			seen.add(i.unit.desc)
		}
	}
	desc, err := link.New(fd, seen)
	if err == nil && setTypes(fd.MessageType, desc.Messages()) {
		desc, err = link.New(fd, seen)
	}
	if err != nil {
		return nil, err
	}
	unit := newFileUnit(desc, imports, enums)
	unit.ways = 1
	for _, i := range fd.PublicDependency {
		if public := imports[i].unit; public != nil {
			unit.ways += public.ways
		}
	}
	unit.link(p.units)
	return unit, nil
}

// openOwn returns a file that the library brings.
func (p *fileSet) openOwn(desc protoreflect.FileDescriptor) *fileUnit {
	sum := schema.SumOf(desc.Path())
	if known := p.shared.Find(sum); known != nil {
		return known
	}
	var imports []unitImport
	units := map[string]*fileUnit{}
	for i := range desc.Imports().Len() {
		unit := p.openOwn(desc.Imports().Get(i).FileDescriptor)
		units[unit.desc.Path()] = unit
		imports = append(imports, unitImport{unit.desc.Path(), unit})
	}
	unit := newFileUnit(desc, imports, nil)
	unit.ways, unit.meaning = 1, sum
	unit.link(units)
	p.shared.Keep(sum, unit)
	return unit
}

// imports opens files, each once, and returns those that are of use.
func (p *fileSet) imports(paths []string) []unitImport {
	all := make([]unitImport, 0, len(paths))
	for _, path := range paths {
		if !p.opened[path] {
			p.opened[path] = true
			if unit, err := p.open(path); err == nil && p.linked.RegisterFile(unit.desc) == nil { // else it declares what another one does
				p.units[path] = unit
			}
		}
		all = append(all, unitImport{path, p.units[path]})
	}
	return all
}

// walk counts the ways that the linker walks for a file whose imports are open.
func (p *fileSet) walk(imports []unitImport) error {
	for _, i := range imports {
		if i.unit != nil {
			p.walked += i.unit.ways
		}
	}
	if p.walked > maxWays {
		return fmt.Errorf("its public imports lead to one another in more than %d ways", maxWays)
	}
	return nil
}

// fileScope are the files that one can see, by their paths. What a file means does not depend on others.
type fileScope struct {
	*protoregistry.Files
	paths map[string]bool
}

// add adds an import, and what that passes on.
func (s fileScope) add(file protoreflect.FileDescriptor) {
	if s.paths[file.Path()] {
		return
	}
	s.paths[file.Path()] = true
	for i := range file.Imports().Len() {
		if passed := file.Imports().Get(i); passed.IsPublic {
			s.add(passed.FileDescriptor)
		}
	}
}

// FindDescriptorByName finds what such a file declares.
func (s fileScope) FindDescriptorByName(name protoreflect.FullName) (protoreflect.Descriptor, error) {
	desc, err := s.Files.FindDescriptorByName(name)
	if err == nil && !s.paths[desc.ParentFile().Path()] {
		return nil, protoregistry.NotFound
	}
	return desc, err
}

// parseFile reads a file as far as decoding needs it.
func parseFile(path string, text []byte) (*descriptorpb.FileDescriptorProto, error) {
	handler := reporter.NewHandler(nil)
	tree, err := parser.Parse(path, bytes.NewReader(text), handler)
	if err != nil {
		return nil, err
	}
	if err := pruneFile(tree); err != nil {
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
			if features := f.Options.GetFeatures(); features != nil {
				f.Options = &descriptorpb.FieldOptions{Features: features}
			} else {
				f.Options = nil // which would take as much memory as the rest
			}
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
