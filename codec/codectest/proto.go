package codectest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

const ProtoOrder = `syntax = "proto3";
package shop;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message First { string id = 1; }
message Order {
  enum Status { NEW = 0; PAID = 1; }
  message Item { string sku = 1; int32 item_qty = 2; }
  string order_id = 1;
  int64 total_cents = 2;
  uint64 big = 3;
  bool paid = 4;
  double rate = 5;
  float ratio = 6;
  bytes blob = 7;
  Status status = 8;
  repeated Item items = 9;
  map<string, Item> by_sku = 10;
  map<int32, string> names = 11;
  optional string note = 12;
  oneof how { string card = 13; int32 voucher = 14; }
  google.protobuf.Timestamp at = 15;
  google.protobuf.Duration took = 16;
  google.protobuf.FieldMask mask = 17;
  google.protobuf.Struct extra = 18;
  google.protobuf.Int64Value wrapped = 19;
  google.protobuf.Any any = 20;
  Order parent = 21;
  repeated Status history = 22;
  google.protobuf.NullValue nothing = 23;
  google.protobuf.Value anything = 24;
  sint32 s32 = 25;
  fixed64 f64 = 26;
  repeated google.protobuf.StringValue texts = 27;
}`

// CompileProto has the library compile a file.
func CompileProto(t testing.TB, text string) protoreflect.FileDescriptor {
	t.Helper()
	c := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
		Accessor: protocompile.SourceAccessorFromMap(map[string]string{"x.proto": text}),
	})}
	files, err := c.Compile(context.Background(), "x.proto")
	if err != nil {
		t.Fatal(err)
	}
	return files[0]
}

// EncodeProto encodes a message that is given in the library's own JSON.
func EncodeProto(t testing.TB, file protoreflect.FileDescriptor, message protoreflect.Name, text string) []byte {
	t.Helper()
	m := dynamicpb.NewMessage(file.Messages().ByName(message))
	if err := (protojson.UnmarshalOptions{}).Unmarshal([]byte(text), m); err != nil {
		t.Fatal(err)
	}
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ManyFields are so many messages of ten fields each.
func ManyFields(messages int) string {
	var b strings.Builder
	b.WriteString("syntax = 'proto3'; package common; import 'google/protobuf/timestamp.proto';")
	for i := range messages {
		fmt.Fprintf(&b, "message Common%d {", i)
		for k := range 10 {
			fmt.Fprintf(&b, "string field_number_%d = %d;", k, k+1)
		}
		b.WriteString("}")
	}
	return b.String()
}
