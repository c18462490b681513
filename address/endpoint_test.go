package address

import (
	"strings"
	"testing"
)

func TestEndpointsAreParsed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://x", "HTTP://127.0.0.1:4566/", "http://[::1]:4566/aws", "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com"} {
		if u, err := ParseEndpoint(text); err != nil || u.Host == "" {
			t.Errorf("%s: %v, %v", text, u, err)
		}
	}
}

// What is refused may hold a secret anywhere, also where it is no URL.
func TestRefusedEndpointsAreNotShown(t *testing.T) {
	t.Parallel()
	for text, remedy := range map[string]string{
		"": "; write ", "hunter2": "; write ", "AKIA:hunter2@localhost:4566": "; write ", "https:hunter2@x": "; write ", "https:///hunter2": "; write ",
		"https://:4566/hunter2": "; write ", "https://u:hunt%zzer2@x": "; write ", "https://x:hunter2/": "; write ", "ftp://hunter2@x": "; write ",
		"//u:hunter2@x": "; write ", "https://x/hunter2\x7f": "; write ",
		"https://u:hunter2@x": "before the @", "https://hunter2@x": "before the @", "https://@x": "before the @",
		"https://x/?t=hunter2": "? or #", "https://x?": "? or #", "https://x#hunter2": "? or #",
	} {
		u, err := ParseEndpoint(text)
		if u != nil || err == nil || !strings.Contains(err.Error(), remedy) || strings.Contains(err.Error(), "hunt") {
			t.Errorf("%q: %v, %v", text, u, err)
		}
	}
}
