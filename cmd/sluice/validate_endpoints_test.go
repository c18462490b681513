package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What AWS's files say against the configuration ends validate as it would end run.
func TestValidateReadsTheFilesOfAWS(t *testing.T) {
	for name, c := range map[string]struct{ profile, config, line, path, want string }{
		"a variant":  {"default", "use_fips_endpoint = true\n", "4", "destinations.out", "AWS_USE_FIPS_ENDPOINT, or use_fips_endpoint in the files of AWS, asks for an endpoint of AWS"},
		"nothing":    {"default", "", "", "", ""},
		"no profile": {"nobody", "", "3", "aws", "loading the AWS configuration"},
	} {
		dir := t.TempDir()
		bridge, profile := filepath.Join(dir, "bridge.yaml"), filepath.Join(dir, "config")
		for path, text := range map[string]string{
			profile: "[default]\n" + c.config,
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
		t.Setenv("AWS_CONFIG_FILE", profile)
		t.Setenv("AWS_PROFILE", c.profile)
		for _, flags := range [][]string{nil, {"--json"}} {
			got := sluice("", append([]string{"validate", "-c", bridge}, flags...)...)
			told := got.stdout + got.stderr
			if c.want == "" && got.code != 0 || c.want != "" && got.code != exitUsage {
				t.Errorf("%s %v: exit %d\n%s", name, flags, got.code, told)
			}
			place := bridge + ":" + c.line + ": " + c.path + ": "
			if flags != nil {
				place = `"line": ` + c.line + ","
			}
			if c.want != "" && (!strings.Contains(told, place) || !strings.Contains(told, c.want)) {
				t.Errorf("%s %v:\n%s", name, flags, told)
			}
		}
	}
}
