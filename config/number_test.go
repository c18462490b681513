package config

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

const numbersFile = `
kafka: {brokers: ["localhost:9092"], group: orders}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/a"}
topics: {orders: {}}
rules:
  - to: [a]
    match:
      n:
`

func TestNumbersOfPatternsStayAsWritten(t *testing.T) {
	want := []struct {
		written string
		read    any
	}{
		{"123456789012345678901234567890", json.Number("123456789012345678901234567890")},
		{"1.00000000000000000000001", json.Number("1.00000000000000000000001")},
		{"99.99999999999999999999", json.Number("99.99999999999999999999")},
		{"1e-400", json.Number("1e-400")},
		{"1e400", json.Number("1e400")},
		{"-0.50E+3", json.Number("-0.50E+3")},
		{"1.2.3", "1.2.3"},
		{"!!str 010", "010"},
		{`"010"`, "010"},
		{`"${ZIP}"`, "01067"},
		{"7", json.Number("7")},
		{"18446744073709551615", json.Number("18446744073709551615")},
		{`"1e400"`, "1e400"},
		{"!!str 1.5", "1.5"},
		{"${FRACTION}", json.Number("0.10")},
		{"${HUGE}", json.Number("-1e400")},
		{`"${HUGE}"`, "-1e400"},
	}
	file := numbersFile
	for _, w := range want {
		file += "      - " + w.written + "\n"
	}
	cfg, err := Parse([]byte(file), "bridge.yaml", []string{"FRACTION=0.10", "HUGE=-1e400", "ZIP=01067"})
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range cfg.Rules[0].Match["n"].([]any) {
		if !reflect.DeepEqual(got, want[i].read) {
			t.Errorf("%s is read as %T %v, want %T %v", want[i].written, got, got, want[i].read, want[i].read)
		}
	}
}

func TestNumbersThatCannotBeComparedAreRefused(t *testing.T) {
	for pattern, want := range map[string]string{
		`{numeric: [">", 1e400]}`:                        "1e400 is beyond the numbers that can be compared",
		`{numeric: [">", 1e-400]}`:                       "1e-400 has more digits, or a smaller exponent",
		`{anything-but: 123456789012345678901234567890}`: "123456789012345678901234567890 has more digits",
		`{numeric: [">", 99.99999999999999999999]}`:      "99.99999999999999999999 has more digits",
	} {
		_, err := Parse([]byte(numbersFile+"      - "+pattern+"\n"), "bridge.yaml", nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", pattern, err, want)
		}
	}
}

func TestNumbersThatAreNotJSONAreRefusedInPatterns(t *testing.T) {
	for _, written := range []string{"01067", "08123", "-017", "+5", "1_000", "1_0.5", ".5", "5.", "+1e400", "0x10", "0o17", "0b11",
		"012345678901234567890", "0x3635C9ADC5DEA00000", ".inf", "-.inf", ".nan", "{prefix: 01067}", "{numeric: [\">\", 01067]}", "${ZIP}"} {
		_, err := Parse([]byte(numbersFile+"      - "+written+"\n"), "bridge.yaml", []string{"ZIP=01067"})
		number := strings.NewReplacer("{prefix: ", "", "{numeric: [\">\", ", "", "]", "", "}", "", "${ZIP", "01067").Replace(written)
		want := "JSON writes no number as " + number + `; put it in quotes for a text, "` + number + `"`
		if err == nil || !strings.Contains(err.Error(), ": rules[0].match.n[0]") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", written, err, want)
		}
		// Where only a text can stand, nothing else is advised.
		if wantsText := strings.Contains(written, "prefix"); err != nil && strings.Contains(err.Error(), "decimal digits") == wantsText {
			t.Errorf("%s: got %v", written, err)
		}
	}
}
