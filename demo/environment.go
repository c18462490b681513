package demo

import (
	"os"
	"strings"
)

// The embedded endpoint takes this key and no other.
const (
	accessKey = "demo"
	secretKey = "demo-secret"
)

// Isolate takes the user's AWS settings and those of a service manager out of the process's
// environment, so that the bridge finds the demo's key and nothing else: no profile, no instance
// role, no other endpoint. The function it returns puts everything back.
func Isolate() (restore func()) {
	before := os.Environ()
	for _, entry := range before {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "AWS_") || name == "NOTIFY_SOCKET" || name == "WATCHDOG_USEC" {
			_ = os.Unsetenv(name) // fails for names that cannot be
		}
	}
	set := map[string]string{
		"AWS_ACCESS_KEY_ID":           accessKey,
		"AWS_SECRET_ACCESS_KEY":       secretKey,
		"AWS_REGION":                  "eu-west-1",
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED":   "true",
	}
	for name, value := range set {
		_ = os.Setenv(name, value)
	}
	return func() {
		for name := range set {
			_ = os.Unsetenv(name)
		}
		for _, entry := range before {
			name, value, _ := strings.Cut(entry, "=")
			if strings.HasPrefix(name, "AWS_") || name == "NOTIFY_SOCKET" || name == "WATCHDOG_USEC" {
				_ = os.Setenv(name, value)
			}
		}
	}
}
