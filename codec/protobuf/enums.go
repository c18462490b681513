package protobuf

import (
	"encoding/hex"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// enumNames are the names of an enum, quoted, by their numbers. Of several names the first counts.
type enumNames map[protoreflect.EnumNumber]string

func (e enumNames) add(n protoreflect.EnumNumber, name string) {
	if e[n] == "" {
		quoted, _ := jsontext.AppendString(nil, name)
		e[n] = string(quoted)
	}
}

// enumsByName are enums by their full names. The library holds enums to more than registries do, such as to a
// zero value in proto3. It gets one value of each, and the names are kept here.
type enumsByName map[protoreflect.FullName]enumNames

// takeEnums takes the names out of the enums of a file with a text of that sum.
func takeEnums(fd *descriptorpb.FileDescriptorProto, sum schema.Sum) enumsByName {
	t := enumTaker{enums: enumsByName{}, zero: "__" + hex.EncodeToString(sum[:8])}
	t.messages(fd.GetPackage(), fd.MessageType)
	t.take(fd.GetPackage(), fd.EnumType)
	return t.enums
}

type enumTaker struct {
	enums enumsByName
	zero  string // ends the names of the values that the library gets: nothing else in their scope ends so
}

func (t *enumTaker) messages(scope string, messages []*descriptorpb.DescriptorProto) {
	for _, m := range messages {
		name := inScope(scope, m.GetName())
		t.messages(name, m.NestedType)
		t.take(name, m.EnumType)
	}
}

func (t *enumTaker) take(scope string, enums []*descriptorpb.EnumDescriptorProto) {
	for _, e := range enums {
		names := enumNames{}
		for _, v := range e.Value {
			names.add(protoreflect.EnumNumber(v.GetNumber()), v.GetName())
		}
		t.enums[protoreflect.FullName(inScope(scope, e.GetName()))] = names
		e.Value = []*descriptorpb.EnumValueDescriptorProto{{Name: proto.String(e.GetName() + t.zero), Number: proto.Int32(0)}}
		e.Options = &descriptorpb.EnumOptions{Features: &descriptorpb.FeatureSet{EnumType: descriptorpb.FeatureSet_OPEN.Enum()}}
	}
}

func inScope(scope, name string) string {
	if scope == "" {
		return name
	}
	return scope + "." + name
}
