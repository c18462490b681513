package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What AWS's files say against the configuration ends validate as it would end run.
func TestValidateReadsTheFilesOfAWS(t *testing.T) {
	for name, c := range map[string]struct {
		env              [2]string // a variable, and its value
		file             string
		line, path, want string
		code             int
	}{
		"a variant": {[2]string{"AWS_PROFILE", "default"}, "use_fips_endpoint = true\n", "4", "destinations.out",
			"AWS_USE_FIPS_ENDPOINT, or use_fips_endpoint in the files of AWS, asks for an endpoint of AWS", exitUsage},
		"nothing": {[2]string{"AWS_PROFILE", "default"}, "", "", "", "", 0},
		// What is wrong with this machine need not be so where the bridge runs.
		"no profile": {[2]string{"AWS_PROFILE", "nobody"}, "", "3", "aws", `AWS's own settings on this machine cannot be loaded: its files have no profile`, 0},
		"no bundle":  {[2]string{"AWS_CA_BUNDLE", "/nowhere"}, "", "3", "aws", "AWS's own settings on this machine cannot be loaded: open /nowhere", 0},
		"no mode":    {[2]string{"AWS_RETRY_MODE", "bogus"}, "", "3", "aws", "AWS's own settings on this machine cannot be loaded: invalid AWS_RETRY_MODE", 0},
	} {
		dir := t.TempDir()
		bridge, profile := filepath.Join(dir, "bridge.yaml"), filepath.Join(dir, "config")
		for path, text := range map[string]string{
			profile: "[default]\n" + c.file,
			bridge: `
kafka: {brokers: ["localhost:9092"], group: orders}
aws: {region: us-east-1, endpoint: "https://emulator.internal/aws"}
destinations: {out: {sqs: orders-out}}
rules: [{topics: [orders], to: [out]}]
`,
		} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_CONFIG_FILE", profile)
			t.Setenv(c.env[0], c.env[1])
			for _, flags := range [][]string{nil, {"--json"}} {
				got := sluice("", append([]string{"validate", "-c", bridge}, flags...)...)
				told := got.stdout + got.stderr
				if got.code != c.code {
					t.Errorf("%v: exit %d\n%s", flags, got.code, told)
				}
				place := bridge + ":" + c.line + ": " + c.path + ": "
				if flags != nil {
					place = `"line": ` + c.line + ","
				}
				if c.want != "" && (!strings.Contains(told, place) || !strings.Contains(told, c.want)) {
					t.Errorf("%v:\n%s", flags, told)
				}
			}
		})
	}
}
