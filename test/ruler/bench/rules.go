package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluice-bridge/sluice/routing"
)

// family makes rules: the one at index last matches the event, and none of the others does.
type family struct {
	name string
	rule func(i, last int) map[string]any
}

var families = []family{
	{"three exact or numeric fields", exact},
	{"all operators, two or three fields", mixed},
}

func exact(i, last int) map[string]any {
	kind, customer := "order.paid", "c-77"
	if i != last {
		kind, customer = fmt.Sprintf("order.paid.%d", i%50), fmt.Sprintf("c-77-%d", i/50)
	}
	return map[string]any{
		"type":     []any{kind},
		"total":    []any{map[string]any{"numeric": []any{">=", 100}}},
		"customer": map[string]any{"id": []any{customer}},
	}
}

// mixed has the event's type in all rules, so that the other fields have to tell them apart.
func mixed(i, last int) map[string]any {
	m := map[string]any{"type": []any{"order.paid", "order.shipped"}, "customer": map[string]any{"country": []any{map[string]any{"anything-but": []any{"FR", "ES"}}}}}
	other := fmt.Sprintf("x%d", i)
	op := func(name string, arg any) []any { return []any{map[string]any{name: arg}} }
	switch i % 6 {
	case 0:
		m["id"] = op("prefix", other)
	case 1:
		m["id"] = op("suffix", other)
	case 2:
		m["id"] = op("equals-ignore-case", other)
	case 3:
		m["id"] = op("wildcard", other+"*z")
	case 4:
		m["total"] = op("numeric", []any{">", 1000 + i, "<=", 1001 + i})
	case 5:
		m["ip"] = op("cidr", fmt.Sprintf("10.%d.%d.0/24", i/250%250, i%250))
	}
	if i == last {
		m["id"], m["total"], m["ip"] = op("prefix", "o-18"), op("numeric", []any{">", 100, "<=", 130}), op("cidr", "192.168.0.0/16")
	}
	return m
}

// rules are n of a family; the last matches.
func (f *family) rules(n int) (ours []routing.Rule, theirs []string) {
	for i := range n {
		// The one rule alone is the same as the last of many.
		m := f.rule(i, n-1)
		raw, err := json.Marshal(m)
		if err != nil {
			panic(err)
		}
		ours = append(ours, routing.Rule{Match: m, To: []string{"d"}})
		theirs = append(theirs, string(raw))
	}
	return ours, theirs
}

// event is an order of a size in bytes.
func event(size int) string {
	const head = `{"id":"o-1842","type":"order.paid","total":129.95,"currency":"EUR","ip":"192.168.3.4","customer":{"id":"c-77","country":"DE","segment":"b2b"},"items":[`
	const item = `{"sku":"a-1","qty":2,"price":19.95,"tags":["new","sale"]},`
	const tail = `{"sku":"c-3","qty":1,"price":41.05}],"flag":true,"note":"`
	var b strings.Builder
	b.WriteString(head)
	for b.Len()+len(item)+len(tail)+32 < size {
		b.WriteString(item)
	}
	b.WriteString(tail)
	b.WriteString(strings.Repeat("n", size-b.Len()-2))
	b.WriteString(`"}`)
	return b.String()
}
