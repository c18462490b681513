package protobuf

import (
	"fmt"
	"slices"

	"github.com/bufbuild/protocompile/ast"

	"github.com/sluice-bridge/sluice/codec/schema"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// pruner takes out of a parsed file what decoding does not need: it could be wrong, and the compiler
// makes far more of some of it than there is text, such as of options for many ranges of extensions.
type pruner struct{ err error }

// pruneFile leaves messages, enums and features of a file: those of editions say how a value is laid out.
// It refuses names of which the compiler would make too much.
func pruneFile(file *ast.FileNode) error {
	var p pruner
	if edition := file.Edition; edition != nil && edition.Edition.AsString() != readAs {
		p.refuse("edition %q is not supported; those up to 2024 are", edition.Edition.AsString())
	}
	scope := 0
	for _, decl := range file.Decls {
		if pkg, ok := decl.(*ast.PackageNode); ok {
			scope = len(pkg.Name.AsIdentifier())
		}
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(decl ast.FileElement) bool {
		switch decl := decl.(type) {
		case *ast.MessageNode:
			p.message(scope, decl.Name, &decl.MessageBody)
		case *ast.EnumNode:
			p.enum(scope, decl)
		case *ast.ExtendNode:
			return !p.extend(scope, decl)
		case *ast.OptionNode:
			return !isFeature(decl)
		case *ast.ServiceNode:
			return true
		}
		return false
	})
	return p.err
}

// message prunes a message, or a group, within a scope whose name has so many bytes.
func (p *pruner) message(scope int, name *ast.IdentNode, body *ast.MessageBody) {
	scope = p.name(scope, name)
	fields := map[string]bool{}
	body.Decls = slices.DeleteFunc(body.Decls, func(decl ast.MessageElement) bool {
		switch decl := decl.(type) {
		case *ast.OptionNode:
			return !isFeature(decl)
		case *ast.FieldNode:
			p.field(scope, decl.Name, decl.Options)
			// Of fields of one name the compiler makes ever longer names, until it refuses them.
			if fields[decl.Name.Val] {
				p.refuse("a message has two fields of the name %q", decl.Name.Val)
			}
			fields[decl.Name.Val] = true
		case *ast.MapFieldNode:
			p.field(scope, decl.Name, decl.Options)
		case *ast.GroupNode:
			p.field(scope, decl.Name, decl.Options)
			p.message(scope, decl.Name, &decl.MessageBody)
		case *ast.OneofNode:
			p.oneof(scope, decl)
		case *ast.MessageNode:
			p.message(scope, decl.Name, &decl.MessageBody)
		case *ast.EnumNode:
			p.enum(scope, decl)
		case *ast.ExtendNode:
			return !p.extend(scope, decl)
		case *ast.ExtensionRangeNode, *ast.ReservedNode:
			return true
		}
		return false
	})
}

// extend leaves groups, and says whether there are any: each is a message as well, beside the others.
func (p *pruner) extend(scope int, extend *ast.ExtendNode) bool {
	extend.Decls = slices.DeleteFunc(extend.Decls, func(decl ast.ExtendElement) bool {
		group, ok := decl.(*ast.GroupNode)
		if ok {
			p.field(scope, group.Name, group.Options)
			p.message(scope, group.Name, &group.MessageBody)
		}
		return !ok
	})
	return len(extend.Decls) > 0
}

func (p *pruner) oneof(scope int, oneof *ast.OneofNode) {
	p.name(scope, oneof.Name)
	oneof.Decls = slices.DeleteFunc(oneof.Decls, func(decl ast.OneofElement) bool {
		switch decl := decl.(type) {
		case *ast.OptionNode:
			return true
		case *ast.FieldNode:
			p.field(scope, decl.Name, decl.Options)
		case *ast.GroupNode:
			p.field(scope, decl.Name, decl.Options)
			p.message(scope, decl.Name, &decl.MessageBody)
		}
		return false
	})
}

func (p *pruner) field(scope int, name *ast.IdentNode, options *ast.CompactOptionsNode) {
	p.name(scope, name)
	if options != nil {
		options.Options = slices.DeleteFunc(options.Options, func(o *ast.OptionNode) bool { return !isFeature(o) })
	}
}

func (p *pruner) enum(scope int, enum *ast.EnumNode) {
	p.name(scope, enum.Name)
	enum.Decls = slices.DeleteFunc(enum.Decls, func(decl ast.EnumElement) bool {
		switch decl := decl.(type) {
		case *ast.EnumValueNode:
			p.name(scope, decl.Name)
			decl.Options = nil
		case *ast.OptionNode, *ast.ReservedNode:
			return true
		}
		return false
	})
}

// name returns the length of a full name.
func (p *pruner) name(scope int, name *ast.IdentNode) int {
	scope += len(".") + len(name.Val)
	if scope > schema.MaxName {
		p.refuse("the full name of %q is longer than %d bytes", name.Val, schema.MaxName)
	}
	return scope
}

func (p *pruner) refuse(format, name string, more ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, append([]any{excerpt.Of(name)}, more...)...)
	}
}

func isFeature(option *ast.OptionNode) bool {
	first := option.Name.Parts[0]
	return !first.IsExtension() && first.Name.AsIdentifier() == "features"
}
