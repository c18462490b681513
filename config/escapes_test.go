package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestSurrogatePairsOfJSONAreRead(t *testing.T) {
	cfg, err := Parse([]byte(`
kafka: {brokers: [localhost:9092], group: orders}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/a"}
topics: {orders: {}}
rules:
  - to: [a]
    match: {"face": ["\ud83d\ude00", {"prefix": "x\uD83D\uDE01\u00e9"}], "more": [{
      "suffix": "over two
        lines\ud83d\ude02"}]}
    headers: {raw: ['\ud83d\ude00']}
`), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	face := cfg.Rules[0].Match["face"].([]any)
	if face[0] != "😀" || face[1].(map[string]any)["prefix"] != "x😁é" {
		t.Errorf("got %q", face)
	}
	if more := cfg.Rules[0].Match["more"].([]any)[0].(map[string]any)["suffix"]; more != "over two lines😂" {
		t.Errorf("got %q", more)
	}
	if raw := cfg.Rules[0].Headers["raw"].([]any)[0]; raw != `\ud83d\ude00` {
		t.Errorf("got %q, want it as it is: single quotes have no escapes", raw)
	}
}

func TestEscapedSlashesOfJSONAreRead(t *testing.T) {
	cfg, err := Parse([]byte(`
kafka: {brokers: [localhost:9092], group: orders}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/a"}
topics: {orders: {}}
rules:
  - to: [a]
    match: {"path": [{"prefix": "\/shop\/"}, "\\\/\\/", '\/, "\/"', {"suffix": "over two
      lines \ud83d\ude00\/"}, plain\/text],
      "\/": [1]}
`), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	path := cfg.Rules[0].Match["path"].([]any)
	want := []any{map[string]any{"prefix": "/shop/"}, `\/\/`, `\/, "\/"`, map[string]any{"suffix": "over two lines 😀/"}, `plain\/text`}
	if !reflect.DeepEqual(path, want) {
		t.Errorf("got %q, want %q", path, want)
	}
	if cfg.Rules[0].Match["/"] == nil {
		t.Errorf("got %v", cfg.Rules[0].Match)
	}
}

func TestUnknownEscapeNamesTheRemedy(t *testing.T) {
	_, err := Parse([]byte("kafka: {group: \"a\\/b\\q\"}\n"), "bridge.yaml", nil)
	if err == nil || !strings.Contains(err.Error(), "write \\\\ for a backslash") {
		t.Errorf("got %v", err)
	}
}
