package awsapi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Endpoints that only AWS's own files name are held to the same as those of the configuration: nothing goes in clear
// text to another machine, unless that is meant.
func TestProfileEndpointInClearTextIsRefused(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "config")
	t.Setenv("AWS_CONFIG_FILE", profile)
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for text, refused := range map[string]bool{
		"[default]\nendpoint_url = http://192.0.2.2:4566\n":                           true,
		"[default]\nendpoint_url = https://192.0.2.2:4566\n":                          false,
		"[default]\nendpoint_url = http://127.0.0.1:4566\n":                           false,
		"[default]\nservices = s\n[services s]\nsqs =\n  endpoint_url = http://a.b\n": true,
	} {
		if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, meant := range []bool{false, true} {
			s, err := NewSession(t.Context(), SessionOptions{Region: "eu-west-1", AllowHTTP: meant})
			if err != nil {
				t.Fatal(err)
			}
			c, err := s.Client(Target{Service: SQS})
			if err == nil {
				c.Release()
			}
			if told := err != nil && strings.Contains(err.Error(), "in clear text"); told != (refused && !meant) {
				t.Errorf("%q, meant: %v: %v", text, meant, err)
			}
		}
	}
	if err := os.WriteFile(profile, []byte("[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = http://a.b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := NewSession(t.Context(), SessionOptions{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client(Target{Service: SQS, Identity: Identity{RoleARN: "arn:aws:iam::111122223333:role/r"}}); err == nil || !strings.Contains(err.Error(), "in clear text") {
		t.Errorf("the role is asked for: %v", err)
	}
}

// Whatever AWS's files name as an endpoint is checked before the SDK reads it, for each service alike, and is not shown.
func TestProfileEndpointsAreNotShown(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/r"
	profile := filepath.Join(t.TempDir(), "config")
	t.Setenv("AWS_CONFIG_FILE", profile)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	t.Setenv("AWS_ACCESS_KEY_ID", "") // which would go before roles of the profile
	for asked, c := range map[string]struct {
		service, more string
		target        Target
	}{
		"SQS":                             {"sqs", "", Target{Service: SQS}},
		"SNS":                             {"sns", "", Target{Service: SNS}},
		"STS, for a role":                 {"sts", "", Target{Service: SQS, Identity: Identity{RoleARN: role}}},
		"STS, for a role of the profile":  {"sts", "role_arn = " + role + "\ncredential_source = Environment\n", Target{Service: SQS}},
		"STS, for the token of a cluster": {"sts", "role_arn = " + role + "\nweb_identity_token_file = /dev/null\n", Target{Service: SQS}},
	} {
		for _, text := range []string{
			"https://u:hunt%zzer2@x", "https://x:hunter2/", "AKIA:hunter2@localhost:4566", "https:hunter2@x", "https://u:hunter2@x",
			"https://x/?t=hunter2", "https://x/#hunter2", "ftp://u:hunter2@x", "hunter2", "http://192.0.2.1/hunter2",
		} {
			if err := os.WriteFile(profile, []byte("[default]\n"+c.more+"services = s\n[services s]\n"+c.service+" =\n  endpoint_url = "+text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := NewSession(t.Context(), SessionOptions{Region: "eu-west-1"})
			if err == nil {
				_, err = s.Client(c.target)
			}
			if err == nil || !strings.Contains(err.Error(), "the endpoint of "+asked[:3]) || strings.Contains(err.Error(), "hunt") {
				t.Errorf("%s, %s: %v", asked, text, err)
			}
		}
	}
}

// An endpoint of STS keeps nobody from sending who has no role to ask for.
func TestUnusedEndpointOfSTSKeepsNobodyFromSending(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "config")
	t.Setenv("AWS_CONFIG_FILE", profile)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	if err := os.WriteFile(profile, []byte("[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = http://192.0.2.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := NewSession(t.Context(), SessionOptions{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Client(Target{Service: SQS})
	if err != nil {
		t.Fatal(err)
	}
	c.Release()
}

// Variants of AWS's endpoints and another endpoint are refused in plain words, wherever they stand, also of the service
// behind roles.
func TestVariantsBesideAnEndpointAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ profile, endpoint, role, want string }{
		"FIPS":                        {"use_fips_endpoint = true\n", "https://x", "", "AWS_USE_FIPS_ENDPOINT, or use_fips_endpoint in"},
		"dual stack":                  {"use_dualstack_endpoint = true\n", "https://x", "", "AWS_USE_DUALSTACK_ENDPOINT, or use_dualstack_endpoint in"},
		"both in the file":            {"use_fips_endpoint = true\nendpoint_url = https://x\n", "", "", "use_fips_endpoint"},
		"of the service behind roles": {"use_fips_endpoint = true\nservices = s\n[services s]\nsts =\n  endpoint_url = https://x\n", "", "arn:aws:iam::111122223333:role/r", "use_fips_endpoint"},
		"FIPS alone":                  {"use_fips_endpoint = true\n", "", "arn:aws:iam::111122223333:role/r", ""},
		"the endpoint alone":          {"", "https://x", "", ""},
	} {
		profile := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(profile, []byte("[default]\n"+c.profile), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_CONFIG_FILE", profile)
		s, err := NewSession(t.Context(), SessionOptions{Region: "us-east-1"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Client(Target{Service: SQS, Endpoint: c.endpoint, Identity: Identity{RoleARN: c.role}})
		if c.want == "" != (err == nil) || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "rule")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
