package routetest

import (
	"encoding/xml"
	"fmt"
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

// JUnit writes the results of suites as JUnit XML.
func JUnit(suites []*Suite) ([]byte, error) {
	text, err := xml.MarshalIndent(junit(suites), "", "  ")
	if err != nil {
		return nil, err
	}
	return append(append([]byte(xml.Header), text...), '\n'), nil
}

func junit(suites []*Suite) junitReport {
	report := junitReport{Name: "sluice test"}
	var all time.Duration
	for _, s := range suites {
		one := junitSuite{Name: s.Path, Tests: len(s.Results), Failures: s.Failed()}
		var took time.Duration
		for i := range s.Results {
			v := &s.Results[i]
			took += v.Took
			one.Cases = append(one.Cases, v.junit(s.Path))
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

func (v *Result) junit(path string) junitCase {
	class := strings.TrimSuffix(strings.TrimSuffix(path, ".yaml"), ".yml")
	c := junitCase{Name: v.Name, Class: class, File: path, Line: v.Line, Time: seconds(v.Took)}
	if len(v.Misses) == 0 {
		return c
	}
	first := v.Misses[0]
	c.Failure = &junitFailure{
		Type:    "expectation",
		Message: fmt.Sprintf("%s: want %s, got %s", first.Path, first.Want, first.Got),
		Text:    v.Misses.String() + "\n" + v.Explanation + "\n",
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
