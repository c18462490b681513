package daemon

import (
	"reflect"
	"testing"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/config"
)

// An attribute that is said to be a String is as good as one of which nothing is said.
func TestAttributeTypes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		types map[string]config.AttributeType
		want  bridge.AttributeTypes
	}{
		{nil, nil},
		{map[string]config.AttributeType{"a": "String"}, nil},
		{map[string]config.AttributeType{"a": "String", "b": "Number", "c": "String.Array"}, bridge.AttributeTypes{"b": bridge.TypeNumber, "c": bridge.TypeArray}},
	} {
		if got := attributeTypes(config.Destination{AttributeTypes: c.types}); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, want %v", c.types, got, c.want)
		}
	}
}
