package awsapi

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/twmb/franz-go/pkg/sasl/aws"
)

// The message is that of others who speak AWS_MSK_IAM, and the region is the one that is asked for.
func TestKafkaLoginIsThatOfOtherClients(t *testing.T) {
	const host = "b-1.orders.abc123.c2.kafka.eu-central-1.amazonaws.com"
	for name, token := range map[string]string{"key": "", "role": "a/token+with=signs"} {
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
		t.Setenv("AWS_SESSION_TOKEN", token)
		s, err := NewSession(t.Context(), SessionOptions{})
		if err != nil {
			t.Fatal(err)
		}
		theirs := aws.Auth{AccessKey: "AKIDEXAMPLE", SecretKey: "secret", SessionToken: token, UserAgent: "sluice"}.AsManagedStreamingIAMMechanism()
		var got, want map[string]string
		for len(want) == 0 || got["x-amz-date"] != want["x-amz-date"] { // both sign the second they are in
			_, message, err := theirs.Authenticate(t.Context(), host+":9098")
			if err != nil {
				t.Fatal(err)
			}
			own, err := s.KafkaLogin(t.Context(), host, "eu-central-1")
			if err != nil {
				t.Fatal(err)
			}
			want, got = nil, nil
			if err := json.Unmarshal(message, &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(own, &got); err != nil {
				t.Fatal(err)
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s:\ngot  %v\nwant %v", name, got, want)
		}
	}
}
