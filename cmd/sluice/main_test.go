package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// result is what a command line left behind.
type result struct {
	code           int
	stdout, stderr string
}

// sluice runs a command line with a text on standard input.
func sluice(stdin string, args ...string) result {
	var out, errs bytes.Buffer
	code := execute(args, strings.NewReader(stdin), &out, &errs)
	return result{code, out.String(), errs.String()}
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update rewrites it\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// Every wrong usage is one sentence with the remedy, and exit code 2.
func TestWrongUsage(t *testing.T) {
	const bridge = "testdata/route/orders.yaml"
	for _, c := range []struct {
		line string
		want string
	}{
		{"validat", `did you mean validate?`},
		{"nonsense", `"nonsense" is not a command of sluice; see sluice --help`},
		{"help rout", `did you mean route?`},
		{"help run more", `"more" is not a command of sluice run`},
		{"--nonsense", `unknown flag: --nonsense; see sluice --help`},
		{"run extra", `sluice run takes no argument`},
		{"run -c", `flag needs an argument: 'c' in -c; see sluice run --help`},
		{"run -c testdata/nowhere.yaml", "testdata/nowhere.yaml: the file cannot be read"},
		{"validate bridge.yaml", `sluice validate takes no argument`},
		{"validate -c testdata/nowhere.yaml", "`sluice init` writes one to start from"},
		{"validate -c testdata", "testdata: the file cannot be read"},
		{"validate --connect --timeout soon", `invalid argument "soon" for "--timeout" flag`},
		{"validate --connect --timeout 0s", `write a time above zero`},
		{"validate --timeout 5s", `--timeout is for --connect`},
		{"route -c testdata/nowhere.yaml x", "testdata/nowhere.yaml: the file cannot be read"},
		{"route -c " + bridge + " -f testdata/nowhere.ndjson", "name a file with one event a line after -f"},
		{"route -c " + bridge + " -f testdata", "testdata is a directory"},
		{"route -c " + bridge + " -f testdata/route/orders.ndjson {}", "leave one of them out"},
		{"route -c " + bridge + " testdata/route/orders.ndjson", "write -f testdata/route/orders.ndjson"},
		{"route -c " + bridge + " --topic a/b 1", `"a/b" cannot be a topic of Kafka`},
		{"route -c " + bridge + " --topic= 1", `"" cannot be a topic of Kafka`},
		{"route -c " + bridge + " --last 5", "--last reads from Kafka; name the topic with --topic"},
		{"route -c " + bridge + " --topic t --last 0", "--last is 0; write a number from 1"},
		{"route -c " + bridge + " --topic t --last 5 --from 1h", "--last and --from choose records in two ways"},
		{"route -c " + bridge + " --topic t --last 5 {}", "leave out the events that are written"},
		{"route -c " + bridge + " --topic t --last 5 --timeout 0s", "write a time above zero"},
		{"route -c " + bridge + " --topic t --offset 5", `"5" is not a position in a topic; write PARTITION:OFFSET`},
		{"route -c " + bridge + " --topic t --offset -1:5", `"-1:5" is not a position in a topic`},
		{"route -c " + bridge + " --topic t --from yesterday", `"yesterday" is not a time; write one`},
		{"route -c " + bridge + " --topic t --from=", `"" is not a time; write one`},
		{"route -c " + bridge + " --topic t --from 1h --limit -1", "write a number above zero"},
		{"route -c " + bridge + " --topic t --limit 5", "--limit is for --from"},
		{"route -c " + bridge + " --timeout -1s", "write a time above zero"},
		{"route -c " + bridge + " --diff= {}", "--diff names no file"},
		{"route -c " + bridge + " --diff testdata/nowhere.yaml {}", "testdata/nowhere.yaml: the file cannot be read"},
		{"test testdata/nowhere.test.yaml", "testdata/nowhere.test.yaml: the file cannot be read"},
		{"test testdata", "testdata: the file cannot be read"},
		{"test --run (", `--run "(" is not a regular expression`},
		{"test testdata/test/pass.test.yaml --run nothing", `no case matches --run "nothing"`},
		{"replay", "this would send everything again; choose with"},
		{"replay extra", "sluice replay takes no argument"},
		{"replay --topic a/b", `"a/b" cannot be a topic of Kafka`},
		{"replay --topic t -c testdata/nowhere.yaml", "testdata/nowhere.yaml: the file cannot be read"},
		{"replay --from soon", `"soon" is not a time; write one like`},
		{"replay --to soon", `or 24h or 7d ago, after --to`},
		{"replay --from 1h --to 2h", "--to 2h is not after --from 1h"},
		{"replay --offset 3", `"3" is not a range of a partition; write PARTITION:FIRST-LAST`},
		{"replay --offset 3:9-1", "ends before it begins"},
		{"replay --offset 9999999999:1", "names a partition that cannot be"},
		{"replay --topic t --rate -1", "--rate is -1"},
		{"replay --topic t --preview 0", "--preview is 0"},
		{"replay --topic t --timeout 0s", "--timeout is 0s"},
		{"replay --topic t --id a/b", `"a/b" cannot be the id of a replay`},
		{"replay -c " + bridge + " --destination ledgr", "destination ledgr is not in the configuration; did you mean ledger?"},
		{"replay -c " + bridge + " --rule zzz", "rule zzz is not in the configuration; it has"},
		{"redrive extra", "sluice redrive takes no argument"},
		{"redrive --reason bad", `"bad" is not a reason for a dead letter; they are unmatched, rule_error`},
		{"redrive --from soon", `"soon" is not a time`},
		{"redrive -c testdata/redrive/queue.yaml", "dead letters go to the destination dead, and redrive reads a topic"},
		{"schema extra", "sluice schema takes no argument"},
		{"init extra", "sluice init takes no argument"},
		{"init -o testdata/route/orders.yaml", "overwrite it with --force"},
		{"init -o testdata/nowhere/bridge.yaml", "no such file or directory"},
		{"init --output=", "name a file, or - to print"},
		{"completion tcsh", `"tcsh" is not a command of sluice completion`},
		{"completion bash extra", "sluice completion bash takes no argument"},
		{"version extra", "sluice version takes no argument"},
	} {
		got := sluice("", strings.Fields(c.line)...)
		if got.code != exitUsage || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, c.want) {
			t.Errorf("sluice %s: exit %d, output %q, error %q; want %q", c.line, got.code, got.stdout, got.stderr, c.want)
		}
	}
}

func TestHelpIsThereHoweverItIsAskedFor(t *testing.T) {
	for _, line := range []string{"", "help", "--help", "help route", "route --help", "help completion bash", "completion"} {
		got := sluice("", strings.Fields(line)...)
		if got.code != 0 || got.stderr != "" || !strings.Contains(got.stdout, "Usage:") {
			t.Errorf("sluice %s: %+v", line, got)
		}
	}
}

func TestCompletionOffersWhatFits(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		got := sluice("", "completion", shell)
		if got.code != 0 || got.stderr != "" || !strings.Contains(got.stdout, "sluice") {
			t.Errorf("%s: exit %d, error %q", shell, got.code, got.stderr)
		}
	}
	for _, c := range []struct{ line, want string }{
		{"__complete route -c @", "yaml\nyml\n:8\n"},
		{"__complete validate -c @", "yaml\nyml\n:8\n"},
		{"__complete init -o @", "yaml\nyml\n:8\n"},
		{"__complete route -f @", ":0\n"},
		{"__complete validate @", ":4\n"},
		{"__complete route -c testdata/route/orders.yaml --topic @", "alarms\norders\n:4\n"},
		{"__complete test @", "yaml\nyml\n:8\n"},
		{"__complete replay -c testdata/route/orders.yaml --topic @", "alarms\norders\n:4\n"},
		{"__complete replay -c testdata/route/orders.yaml --destination @", "alerts\nfulfilment\nledger\n:4\n"},
		{"__complete redrive --reason @", "unmatched\nrule_error\nundecodable\nencode_failed\ntoo_large\nrejected\ngave_up\nbatch_too_large\nbatch_corrupt\n:4\n"},
		{"__complete ro@", "route\tExplain where events go\n:4\n"},
	} {
		args := strings.Fields(c.line)
		args[len(args)-1] = strings.TrimSuffix(args[len(args)-1], "@")
		if got := sluice("", args...); got.stdout != c.want {
			t.Errorf("%s: %q, want %q", c.line, got.stdout, c.want)
		}
	}
}
