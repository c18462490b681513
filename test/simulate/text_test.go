package simulate

import (
	"reflect"
	"strings"
	"testing"
)

// A text says all of a scenario. Lists that are empty are as those that are nil.
func TestTextsAreReadAgain(t *testing.T) {
	for seed := range uint64(300) {
		sc := Draw(seed)
		text := sc.Text()
		again, err := Read(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if string(again.Text()) != string(text) || again.Seed != seed {
			t.Fatalf("seed %d is\n%s\nand again\n%s", seed, text, again.Text())
		}
		again.Seed++
		if reflect.DeepEqual(sc.Text(), again.Text()) {
			t.Fatalf("seeds %d and %d have the same text", seed, again.Seed)
		}
	}
}

func TestTextsWithoutMuchAreScenarios(t *testing.T) {
	sc, err := Read([]byte(`{"bursts": [{"at": "1m5s", "count": 3}], "setup": {"static": true}}`))
	if err != nil {
		t.Fatal(err)
	}
	if sc.Bursts[0].At.Seconds() != 65 || sc.Members != 1 || sc.Setup.Start != "earliest" || !sc.Setup.Static {
		t.Errorf("it is %+v", sc)
	}
}

func TestUnknownFieldsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"member": 1}`:                    `scenario has no field "member"`,
		`{"events": [{"at": 1, "if": 2}]}`: `scenario.events[0] has no field "if"`,
		`{"events": {}}`:                   "scenario.events is not a list",
		`{"setup": []}`:                    "scenario.setup is not an object",
		`{"brokers": "x"}`:                 "scenario.brokers",
		`{"latency": "x"}`:                 "invalid duration",
	} {
		if _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
	}
}
