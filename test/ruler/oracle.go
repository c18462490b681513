// Package ruler compares the rule engine with Event Ruler, AWS's own implementation of event
// patterns, which runs beside the tests in a Java process.
package ruler

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sluice-bridge/sluice/test/parts"
)

//go:embed Oracle.java
var program []byte

// Oracle is a running Event Ruler. It is for one goroutine that sends and one that receives.
type Oracle struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	in     *bufio.Writer
	out    *bufio.Reader
	stderr strings.Builder
}

// Request asks whether each event matches each pattern, all given as JSON text.
type Request struct {
	Patterns []string `json:"patterns"`
	Events   []string `json:"events"`
}

// Answer has, for each pattern, why it is refused, or whether each event matches.
type Answer struct {
	Refused []*string `json:"refused"`
	Matches [][]bool  `json:"matches"`
}

// StartOracle compiles the Java program into dir and starts it.
func StartOracle(dir string) (*Oracle, error) {
	java, classPath, err := parts.Ruler()
	if err != nil {
		return nil, err
	}
	source := filepath.Join(dir, "Oracle.java")
	if err := os.WriteFile(source, program, 0o644); err != nil {
		return nil, fmt.Errorf("writing the oracle: %w", err)
	}
	compiler := []string{"-cp", classPath, "org.eclipse.jdt.internal.compiler.batch.Main", "-17", "-nowarn", "-d", dir, "-cp"}
	jars, err := filepath.Glob(strings.TrimSuffix(classPath, "*") + "*.jar")
	if err != nil {
		return nil, err
	}
	compiler = append(compiler, strings.Join(jars, string(filepath.ListSeparator)), source)
	if out, err := exec.Command(java, compiler...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compiling the oracle: %w: %s", err, out)
	}
	o := &Oracle{cmd: exec.Command(java, "-Xmx2g", "-XX:+UseSerialGC", "-cp", dir+string(filepath.ListSeparator)+classPath, "Oracle")}
	o.cmd.Stderr = &o.stderr
	if o.stdin, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.in, o.out = bufio.NewWriterSize(o.stdin, 1<<16), bufio.NewReaderSize(out, 1<<16)
	if err := o.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the oracle: %w", err)
	}
	return o, nil
}

// Close ends the process.
func (o *Oracle) Close() error {
	_ = o.stdin.Close()
	return o.cmd.Wait()
}

// Send asks without waiting for the answer; answers come in the order of the requests.
func (o *Oracle) Send(request any) error {
	line, err := json.Marshal(request)
	if err != nil {
		return err
	}
	_, _ = o.in.Write(append(line, '\n'))
	return o.in.Flush()
}

// Receive reads the next answer.
func (o *Oracle) Receive(answer any) error {
	line, err := o.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("reading the oracle's answer: %w: %s", err, o.stderr.String())
	}
	return json.Unmarshal(line, answer)
}

// Ask sends and receives.
func (o *Oracle) Ask(request, answer any) error {
	if err := o.Send(request); err != nil {
		return err
	}
	return o.Receive(answer)
}

// Numbers is what the Java at hand makes of numbers.
type Numbers struct {
	// Odd says for each whether its double is written in a longer form than needed, as Java before 19
	// sometimes does: Event Ruler then takes the number for one that it cannot compare.
	Odd []bool `json:"odd"`
	// Forms are the texts that Event Ruler compares in place of numbers; empty where it cannot.
	Forms []string `json:"forms"`
}

// Numbers asks about numbers, given as in JSON.
func (o *Oracle) Numbers(numbers []string) (answer Numbers, err error) {
	err = o.Ask(map[string]any{"numbers": numbers}, &answer)
	return answer, err
}

// Measure returns how many events a second Event Ruler matches against all patterns, once warm,
// and how many patterns match.
func (o *Oracle) Measure(patterns []string, event string, warmup, millis int) (perSecond float64, matched int, err error) {
	var answer struct {
		PerSecond float64 `json:"per_second"`
		Matched   int     `json:"matched"`
	}
	err = o.Ask(map[string]any{"measure": patterns, "event": event, "warmup": warmup, "millis": millis}, &answer)
	return answer.PerSecond, answer.Matched, err
}
