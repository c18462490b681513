package topic

import (
	"strings"
	"testing"
)

func TestTopicNamesAreThoseThatKafkaTakes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"orders": true, "a.b_c-D9": true, "...": true, strings.Repeat("x", 249): true,
		"": false, ".": false, "..": false, "a b": false, "a/b": false, "ä": false, strings.Repeat("x", 250): false, "a\n": false,
	} {
		if IsName(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestExpressionsMatchAnywhereAndNamesWhole(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"orders": "orders", "/orders/": "orders,orders.eu,new-orders", "/^orders/": "orders,orders.eu", "/^orders$/": "orders", "/": "", "//": "orders,orders.eu,new-orders", "/a|eu$/": "orders.eu",
	} {
		set, err := ParseSet(pattern)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, topic := range []string{"orders", "orders.eu", "new-orders"} {
			if set.Match(topic) {
				got = append(got, topic)
			}
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s matches %q, want %q", pattern, got, want)
		}
		if set[0].String() != pattern || set.HasExpression() != (len(pattern) > 1 && pattern[0] == '/') {
			t.Errorf("%s is read as %v", pattern, set)
		}
	}
	if _, err := ParseSet("orders", "/(/"); err == nil {
		t.Error("an expression is taken that is none")
	}
}
