package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"time"
)

// The elements of JUnit's report that the readers of continuous integration agree on.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes the results to a file.
func writeJUnit(path string, suites []*suite) error {
	text, err := xml.MarshalIndent(junit(suites), "", "  ")
	if err != nil {
		return err
	}
	text = append(append([]byte(xml.Header), text...), '\n')
	if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // a report that others read
		return fmt.Errorf("%s cannot be written (%s); name another file after --junit", path, cause(err))
	}
	return nil
}

func junit(suites []*suite) junitReport {
	report := junitReport{Name: "sluice test"}
	var all time.Duration
	for _, s := range suites {
		one := junitSuite{Name: s.path, Tests: len(s.results), Failures: s.failed()}
		var took time.Duration
		for i := range s.results {
			v := &s.results[i]
			took += v.took
			one.Cases = append(one.Cases, v.junit(s.path))
		}
		one.Time = seconds(took)
		all += took
		report.Tests += one.Tests
		report.Failures += one.Failures
		report.Suites = append(report.Suites, one)
	}
	report.Time = seconds(all)
	return report
}

func (v *verdict) junit(path string) junitCase {
	class := strings.TrimSuffix(strings.TrimSuffix(path, ".yaml"), ".yml")
	c := junitCase{Name: v.name, Class: class, File: path, Line: v.line, Time: seconds(v.took)}
	if len(v.misses) == 0 {
		return c
	}
	first := v.misses[0]
	c.Failure = &junitFailure{
		Type:    "expectation",
		Message: fmt.Sprintf("%s: want %s, got %s", first.path, first.want, first.got),
		Text:    v.misses.String() + "\n" + v.explanation + "\n",
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
