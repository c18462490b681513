package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The tests beside the sample configuration pass, so that both tell the truth.
func TestSampleRoutingTestsPass(t *testing.T) {
	got := sluice("", "test", "../../bridge.test.yaml")
	if got.code != 0 || got.stderr != "" || !regexp.MustCompile(`^\d+ cases passed\n$`).MatchString(got.stdout) {
		t.Errorf("%+v", got)
	}
}

// Every key and every notation passes, nothing else does, and what is wrong with a file is told.
func TestRoutingTestsTellWhatPassesAndWhatFails(t *testing.T) {
	for name, code := range map[string]int{"pass": 0, "fail": exitFailed, "broken": exitUsage} {
		got := sluice("", "test", "testdata/test/"+name+".test.yaml")
		golden(t, "test/"+name+".golden", got.stdout+got.stderr)
		if got.code != code {
			t.Errorf("%s: exit %d, want %d", name, got.code, code)
		}
	}
}

func TestWhatIsWrongWithTestFilesIsTold(t *testing.T) {
	pass, err := filepath.Abs("testdata/test/pass.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       string
		code       int
	}{
		{"none", "", "the file is empty; write cases", exitUsage},
		{"null", "~", "this is nothing where a mapping is wanted", exitUsage},
		{"text", "cases", "this is text where a mapping is wanted", exitUsage},
		{"no cases", "config: x", "there is no case; add one", exitUsage},
		{"empty cases", "cases: []", "there is no case; add one", exitUsage},
		{"no list", "cases: {a: 1}", "this is a mapping where a list of cases is wanted", exitUsage},
		{"two documents", "cases: []\n---\ncases: []", ".test.yaml:2: a second document starts here", exitUsage},
		{"no YAML", "cases:\n\t- a", ".test.yaml:2: the line is indented with a tab; YAML wants spaces", exitUsage},
		{"a byte order mark", "\ufeffcases: []", "there is no case; add one", exitUsage},
		{"an odd space in a key", "cases:\n- name: a\n  event: {topic: orders, value: {first\u00a0name: Paulo}}\n  expect: {outcome: routed}", ".test.yaml:3: character 39 of the line looks like a space and is another one", exitUsage},
		{"an odd space for indentation", "cases:\n- name: a\n\u00a0 event: {topic: orders}\n  expect: {outcome: routed}", ".test.yaml:3: character 1 of the line looks like a space and is another one", exitUsage},
		{"a tag", "cases: [{name: a, event: {topic: t, value: {done: !value.done}}, expect: {outcome: routed}}]", "a text that begins with ! stands in quotes as a whole, as in '!value.done'", exitUsage},
		{"no configuration", "config: nowhere.yaml\ncases: [{name: a, event: {topic: t}, expect: {outcome: routed}}]", "nowhere.yaml: the file cannot be read", exitUsage},
		{"a snake", "cases: [{name: a, event: &self {topic: t, value: [*self]}, expect: {outcome: routed}}]", "this nests deeper than 1000 levels, or holds itself", exitUsage},
		{"a merged snake", "cases: [{name: a, event: &self {topic: t, <<: *self}, expect: {outcome: routed}}]", "", exitUsage},
		{"a bomb", bomb(), "the aliases of the file make more than 1000000 values", exitUsage},
	} {
		path := filepath.Join(t.TempDir(), "a.test.yaml")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := sluice("", "test", path, pass)
		if got.code != c.code || got.stdout != "" || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%s: %+v; want %s", c.name, got, c.want)
		}
	}
}

// Where the name of the configuration is not known, nothing is said of another one.
func TestConfigurationWithoutANameIsNotGuessed(t *testing.T) {
	for name, text := range map[string]string{
		"no YAML":       "config: x.yaml\ncases:\n\t- a",
		"empty":         "",
		"a wrong key":   "confg: x.yaml\ncases: []",
		"no name":       "config: [x.yaml]\ncases: []",
		"a second text": "config: x.yaml\n---\na",
	} {
		path := filepath.Join(t.TempDir(), "a.test.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := sluice("", "test", path); got.code != exitUsage || strings.Count(got.stderr, "\n") != 1 || strings.Contains(got.stderr, "bridge.yaml") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func bomb() string {
	text := "cases:\n- name: bomb\n  expect: {outcome: routed}\n  event:\n    topic: orders\n    value:\n      a: &a [1,1,1,1,1,1,1,1,1,1]\n"
	for c := 'b'; c < 'j'; c++ {
		last := "*" + string(c-1)
		text += "      " + string(c) + ": &" + string(c) + " [" + strings.Repeat(last+", ", 9) + last + "]\n"
	}
	return text
}

// Files come from the arguments, or are those of the directory; cases may be selected.
func TestFilesAndCasesMayBeSelected(t *testing.T) {
	config, err := filepath.Abs("testdata/test/bridge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if got := sluice("", "test"); got.code != exitUsage || !strings.Contains(got.stderr, "there is no *.test.yaml in this directory") {
		t.Errorf("%+v", got)
	}
	for name, expect := range map[string]string{"a.test.yaml": "outcome: dropped", "b.test.yml": "rule: noise", "c.yaml": "outcome: routed"} {
		text := "config: " + config + "\ncases:\n- {name: " + name + ", event: {topic: orders, value: {type: noise, total: 1}}, expect: {" + expect + "}}\n"
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args, out string
		code      int
	}{
		{"test", "2 cases passed\n", 0},
		{"test --run ^a", "1 case passed\n", 0},
		{"test c.yaml b.test.yml --run yml$", "1 case passed\n", 0},
		{"test c.yaml --run nothing", "", exitUsage},
		{"test --run (", "", exitUsage},
		{"test . ", "", exitUsage},
		{"test -c nowhere.yaml", "", exitUsage},
		{"test -c " + config, "2 cases passed\n", 0},
		{"test --junit nowhere/report.xml", "", exitFailed},
	} {
		if got := sluice("", strings.Fields(c.args)...); got.code != c.code || got.stdout != c.out {
			t.Errorf("%s: %+v", c.args, got)
		}
	}
}

// The report has what its readers want, and is XML whatever a name or a value holds.
func TestReportForJUnitIsXMLWhateverItHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.xml")
	got := sluice("", "test", "--junit", path, "testdata/test/fail.test.yaml", "testdata/test/pass.test.yaml")
	text, err := os.ReadFile(path)
	if err != nil || got.code != exitFailed {
		t.Fatalf("%v, %+v", err, got)
	}
	type attributes struct {
		Tests    *int     `xml:"tests,attr"`
		Failures *int     `xml:"failures,attr"`
		Errors   *int     `xml:"errors,attr"`
		Time     *float64 `xml:"time,attr"`
		Name     *string  `xml:"name,attr"`
	}
	var whole struct {
		XMLName xml.Name `xml:"testsuites"`
		attributes
		Suites []struct {
			attributes
			Cases []struct {
				Name    *string  `xml:"name,attr"`
				Class   *string  `xml:"classname,attr"`
				Time    *float64 `xml:"time,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Type    string `xml:"type,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	tests, failures := 0, 0
	for _, s := range whole.Suites {
		suiteFailures := 0
		for _, c := range s.Cases {
			if c.Name == nil || c.Class == nil || c.Time == nil {
				t.Errorf("a case without name, class or time: %+v", c)
			}
			if c.Failure != nil {
				suiteFailures++
				if c.Failure.Message == "" || !strings.Contains(c.Failure.Text, "  want  ") || !strings.Contains(c.Failure.Text, "/0/0") {
					t.Errorf("%s: %+v", *c.Name, c.Failure)
				}
			}
		}
		if s.Name == nil || s.Time == nil || s.Errors == nil || *s.Tests != len(s.Cases) || *s.Failures != suiteFailures {
			t.Errorf("%s counts wrong", *s.Name)
		}
		tests, failures = tests+len(s.Cases), failures+suiteFailures
	}
	if len(whole.Suites) != 2 || *whole.Tests != tests || *whole.Failures != failures || failures != 5 || whole.Time == nil {
		t.Errorf("%d suites, %d tests, %d failures", len(whole.Suites), tests, failures)
	}
}
