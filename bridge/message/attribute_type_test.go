package message_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/routing"
)

// An attribute has the type that the destination gives it, and is absent or fails where the value is none.
func TestAttributeHasTheTypeThatItsDestinationGives(t *testing.T) {
	e := encoding{
		dest:  message.Destination{Profile: sns.Profile, Types: message.AttributeTypes{"total": attribute.Number, "tags": attribute.Array}},
		route: routing.Destination{Attributes: map[string]string{"total": "value.total", "tier": "value.tier"}},
		rule:  map[string]string{"tags": "value.tags"},
	}
	for value, want := range map[string]string{
		`{"total":12.50,"tags":["a",1,true,null],"tier":5}`:     `total Number 12.5, tags String.Array ["a",1,true,null], tier String 5`,
		`{"total":"-3e2","tags":[],"tier":"x"}`:                 `total Number -3e2, tags String.Array [], tier String x`,
		`{"total":12345678901234567890}`:                        `total Number 12345678901234567890`,
		`{"total":null}`:                                        ``,
		`{"total":"many"}`:                                      `!attributes.total: the type is Number, and the expression gives "many"; let it give a number`,
		`{"total":1e200}`:                                       `!attributes.total: the type is Number`,
		`{"total":123456789012345678901234567890123456789}`:     `!attributes.total: the type is Number`,
		`{"total":[1]}`:                                         `!attributes.total: the type is Number`,
		`{"total":"0.00e5","tags":"[1, null ]"}`:                `total Number 0.00e5, tags String.Array [1, null ]`,
		`{"total":"1000000000000000000000000000000000000000"}`:  `total Number 1000000000000000000000000000000000000000`,
		`{"total":"0.001000000000000000000000000000000000000"}`: `total Number 0.001000000000000000000000000000000000000`,
		`{"total":"10.00000000000000000000000000000000000001"}`: `!attributes.total: the type is Number`,
		`{"total":"1e-200"}`:                                    `!attributes.total: the type is Number`,
		`{"total":"1 "}`:                                        `!attributes.total: the type is Number`,
		`{"total":"01"}`:                                        `!attributes.total: the type is Number`,
		`{"total":"e"}`:                                         `!attributes.total: the type is Number`,
		`{"tags":["[\"{"]}`:                                     `tags String.Array ["[\"{"]`,
		`{"tags":"[1,]"}`:                                       `!attributes.tags: the type is String.Array`,
		`{"tags":"[1]]"}`:                                       `!attributes.tags: the type is String.Array`,
		`{"tags":"[1,[2"}`:                                      `!attributes.tags: the type is String.Array`,
		`{"tags":"["}`:                                          `!attributes.tags: the type is String.Array`,
		`{"tags":"a"}`:                                          `!attributes.tags: the type is String.Array, and the expression gives no list`,
		`{"tags":[["a"]]}`:                                      `!attributes.tags: the type is String.Array, and the expression gives no list`,
		`{"tags":{"a":1}}`:                                      `!attributes.tags: the type is String.Array, and the expression gives no list`,
	} {
		m, err := e.of(t, bridgetest.Record(value))
		if problem, fails := strings.CutPrefix(want, "!"); fails {
			var encode *message.EncodeError
			if !errors.As(err, &encode) || !strings.HasPrefix(err.Error(), problem) {
				t.Errorf("%s: %v; want %q", value, err, problem)
			}
			continue
		}
		e.check(t, &m)
		var got []string
		for _, name := range []string{"total", "tags", "tier"} {
			if v := bridgetest.Attribute(&m, name); v != "" {
				got = append(got, name+" "+m.DataType(name)+" "+v)
			}
		}
		if all := strings.Join(got, ", "); err != nil || all != want || m.DataType(attribute.KafkaTopic) != attribute.String {
			t.Errorf("%s: %s, %v; want %s", value, all, err, want)
		}
	}
}
