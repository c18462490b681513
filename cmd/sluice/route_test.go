package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/forecast/event"
)

const ordersFile = "testdata/route/orders.yaml"

// Each configuration of testdata/route explains the events beside it, in both forms. All that cannot
// be read is told by line, and the rest goes on.
func TestRouteExplainsEvents(t *testing.T) {
	paths, err := filepath.Glob("testdata/route/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	for _, path := range paths {
		base := strings.TrimSuffix(path, ".yaml")
		name := strings.TrimPrefix(base, "testdata/")
		for _, form := range []string{"json", "text"} {
			t.Run(name+"/"+form, func(t *testing.T) {
				args := []string{"route", "-c", path, "-f", base + ".ndjson"}
				if form == "json" {
					args = append(args, "--json")
				}
				got := sluice("", args...)
				golden(t, name+"."+form+".golden", got.stdout)
				golden(t, name+".errors.golden", got.stderr)
				if want := min(len(got.stderr), exitFailed); got.code != want {
					t.Errorf("exit %d, want %d", got.code, want)
				}
			})
		}
	}
}

// The same events come to the same from a file, from standard input and from arguments.
func TestRouteReadsFilesInputAndArgumentsAlike(t *testing.T) {
	events, err := os.ReadFile("testdata/route/policies.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(string(events), "\n")
	want, err := os.ReadFile("testdata/route/policies.json.golden")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"route", "--json", "-c", "testdata/route/policies.yaml"}
	for name, got := range map[string]result{
		"standard input":   sluice(text, args...),
		"dash":             sluice(text, append(args, "-f", "-")...),
		"dash as argument": sluice(text, append(args, "-")...),
		"byte order mark":  sluice("\xef\xbb\xbf"+text, args...),
		"DOS line ends":    sluice(strings.ReplaceAll(text, "\n", "\r\n"), args...),
		"arguments":        sluice("", append(args, strings.Split(text, "\n")...)...),
		"indented events":  sluice("", append(args, indented(t, text)...)...),
	} {
		if got.code != 0 || got.stderr != "" {
			t.Errorf("%s: exit %d, error %s", name, got.code, got.stderr)
		}
		if name != "indented events" && got.stdout != string(want) {
			t.Errorf("%s gives\n%s", name, got.stdout)
		}
	}
	if got := sluice("", args...); got != (result{}) {
		t.Errorf("no events: %+v", got)
	}
}

func indented(t *testing.T, text string) []string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(line), "", "  "); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.String())
	}
	return all
}

// With --topic values come bare, JSON or not.
func TestRouteTakesBareValuesOfATopic(t *testing.T) {
	got := sluice("{\"type\":\"order.open\"}\nnot JSON\n\n  {\"type\": 1}\n\xff\n", "route", "-c", ordersFile, "--topic", "orders", "--json")
	type line struct {
		Deliveries []struct {
			BodyBytes  int `json:"body_bytes"`
			Attributes map[string]string
		}
	}
	var lines []line
	for text := range strings.Lines(got.stdout) {
		var one line
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, one)
	}
	if got.code != 0 || len(lines) != 4 {
		t.Fatalf("%+v", got)
	}
	for i, bytes := range []int{21, 8, 13, 4} { // the last in base64
		d := lines[i].Deliveries[0]
		if d.BodyBytes != bytes || d.Attributes["kafka_position"] != fmt.Sprintf("0:%d", i) {
			t.Errorf("event %d: %+v", i, d)
		}
	}
	if lines[3].Deliveries[0].Attributes["content_encoding"] != "base64" {
		t.Errorf("%+v", lines[3])
	}
}

// A message above the limit of its service says so.
func TestRouteTellsOfMessagesAboveTheLimit(t *testing.T) {
	for _, c := range []struct {
		bytes    int
		outcome  string
		problems []string
	}{
		{200 << 10, "routed", nil},
		{300 << 10, "routed", []string{"SNS takes 262144, unless the topic's MaximumMessageSize is raised"}},
		{1 << 20, "dead_letter", []string{"SQS takes 1048576", "SNS takes 262144, and 1048576 at the most", "SQS takes 1048576"}},
	} {
		event := fmt.Sprintf(`{"topic":"orders","key":"a","headers":{"tenant":"acme"},"value":{"type":"order.paid","total":100,"id":"x","fill":"%s"}}`, strings.Repeat("x", c.bytes))
		got := sluice(event, "route", "-c", ordersFile, "--json")
		var line struct {
			Outcome    string
			Deliveries []struct{ Problems []string }
		}
		if err := json.Unmarshal([]byte(got.stdout), &line); err != nil {
			t.Fatal(err)
		}
		if line.Outcome != c.outcome {
			t.Errorf("%d bytes: %s, want %s", c.bytes, line.Outcome, c.outcome)
		}
		var problems []string
		for _, d := range line.Deliveries {
			problems = append(problems, d.Problems...)
		}
		if len(problems) != len(c.problems) {
			t.Errorf("%d bytes: %q", c.bytes, problems)
			continue
		}
		for i, want := range c.problems {
			if !strings.Contains(problems[i], want) {
				t.Errorf("%d bytes: %q, want %q", c.bytes, problems[i], want)
			}
		}
	}
}

// A value that cannot be decoded is a dead letter, whatever the rules say.
func TestRouteShowsUndecodableValuesAsDeadLetters(t *testing.T) {
	const event, file = `{"topic":"carts","offset":5,"value":{"full":true}}`, "testdata/test/bridge.yaml"
	got := sluice(event, "route", "-c", file)
	if got.code != 0 || !strings.HasPrefix(got.stdout, "carts/0/5: dead letter to topic orders-bridge.dead-letter, because its value cannot be decoded: ") {
		t.Errorf("%+v", got)
	}
	got = sluice(event, "route", "-c", file, "--json")
	if got.code != 0 || !strings.HasPrefix(got.stdout, `{"outcome":"dead_letter","rules":[],"deliveries":[],"errors":[{"error":"the value `) {
		t.Errorf("%+v", got)
	}
}

// A line longer than any record is told of, and what follows it is read.
func TestRouteReadsOnAfterALongLine(t *testing.T) {
	line := `{"topic":"iot.a","value":"` + strings.Repeat("x", event.MaxLine) + `"}`
	got := sluice(line+"\n"+`{"topic":"iot.a","value":1}`, "route", "-c", ordersFile, "--json")
	if got.code != exitFailed || !strings.HasPrefix(got.stderr, "line 1: the line is longer than 32 MiB") || strings.Count(got.stdout, "\n") != 1 {
		t.Errorf("exit %d, error %q, %d bytes of output", got.code, got.stderr, len(got.stdout))
	}
	line = `{"topic":"iot.a","value":"` + strings.Repeat("x", event.MaxLine-28) + `"}`
	got = sluice(line+"\r\n", "route", "-c", ordersFile, "--json")
	if got.code != 0 || !strings.Contains(got.stdout, fmt.Sprintf(`"body_bytes":%d`, event.MaxLine-28+2)) {
		t.Errorf("the longest line: exit %d, error %q", got.code, got.stderr)
	}
}

// What was explained is there to read before the next event is waited for.
func TestRouteAnswersAtOnce(t *testing.T) {
	events, in := io.Pipe()
	out, results := io.Pipe()
	code := make(chan int)
	go func() {
		code <- execute([]string{"route", "-c", ordersFile, "--json"}, events, results, io.Discard)
		results.Close()
	}()
	buf := make([]byte, 4096)
	for range 3 {
		if _, err := io.WriteString(in, `{"topic":"iot.a","value":1}`+"\n"); err != nil {
			t.Fatal(err)
		}
		n, err := out.Read(buf)
		if err != nil || !bytes.HasSuffix(buf[:n], []byte("\n")) {
			t.Fatalf("%q, %v", buf[:n], err)
		}
	}
	in.Close()
	if c := <-code; c != 0 {
		t.Errorf("exit %d", c)
	}
}

// Reading that breaks off is an error, after what was read is explained.
func TestRouteTellsOfInputThatBreaksOff(t *testing.T) {
	var out, errs bytes.Buffer
	r := io.MultiReader(strings.NewReader(`{"topic":"iot.a","value":1}`+"\n"), brokenReader{})
	code := execute([]string{"route", "-c", ordersFile, "--json"}, r, &out, &errs)
	if code != exitFailed || strings.Count(out.String(), "\n") != 1 || errs.String() != "reading events: unexpected EOF\n" {
		t.Errorf("exit %d, output %q, error %q", code, out.String(), errs.String())
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Output that breaks off ends it, with one sentence.
func TestRouteEndsWithItsOutput(t *testing.T) {
	for _, form := range []string{"--json", "--json=false"} {
		var errs bytes.Buffer
		endless := io.MultiReader(strings.NewReader(strings.Repeat(`{"topic":"iot.a","value":1}`+"\n", 10000)), brokenReader{})
		code := execute([]string{"route", "-c", ordersFile, form}, endless, brokenWriter{}, &errs)
		if code != exitFailed || errs.String() != "writing: no space\n" {
			t.Errorf("%s: exit %d, error %q", form, code, errs.String())
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space") }

// A bad configuration is told as validate tells it.
func TestRouteTellsOfAConfigurationAsValidateDoes(t *testing.T) {
	got := sluice("", "route", "-c", "testdata/validate/broken.yaml", "{}")
	want := sluice("", "validate", "-c", "testdata/validate/broken.yaml")
	if got != want || got.code != exitUsage {
		t.Errorf("%+v", got)
	}
}

func BenchmarkRouteJSON(b *testing.B) {
	var events strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&events, `{"topic":"orders","partition":1,"offset":%d,"key":"k%d","headers":{"tenant":"acme"},"value":{"type":"order.paid","total":%d,"id":"o-%d","account":"a%d","note":"%s"}}`+"\n",
			i, i, i, i, i%50, strings.Repeat("x", 300))
	}
	text := events.String()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if code := execute([]string{"route", "-c", ordersFile, "--json"}, strings.NewReader(text), io.Discard, io.Discard); code != 0 {
			b.Fatal(code)
		}
	}
}
