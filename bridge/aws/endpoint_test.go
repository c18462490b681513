package awsapi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Endpoints that only AWS's own files name are held to the same as those of the configuration: nothing goes in clear
// text to another machine, unless that is meant.
func TestProfileEndpointInClearText(t *testing.T) {
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
	role := s.identify(Identity{RoleARN: "arn:aws:iam::111122223333:role/r"}, "eu-west-1")
	if _, f := role.retrieve(t.Context()); f == nil || !strings.Contains(f.Message, "in clear text") {
		t.Errorf("the role is asked for: %v", f)
	}
}
