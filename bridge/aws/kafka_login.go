package awsapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// hashOfNothing is the SHA-256 of an empty body.
const hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// KafkaLogin returns the message by which the session's own identity authenticates with a broker of Amazon MSK in a
// region, by AWS_MSK_IAM: the parameters of a presigned request to connect, as JSON (aws-msk-iam-auth, "Details of
// the authentication message").
func (s *Session) KafkaLogin(ctx context.Context, host, region string) ([]byte, error) {
	keys, err := s.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	request := &http.Request{Method: http.MethodGet, Host: host, URL: &url.URL{
		Scheme: "https", Host: host, Path: "/", RawQuery: url.Values{"Action": {"kafka-cluster:Connect"}, "X-Amz-Expires": {"300"}}.Encode(),
	}}
	signed, _, err := v4.NewSigner().PresignHTTP(ctx, keys, request, hashOfNothing, "kafka-cluster", region, time.Now())
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(signed)
	if err != nil {
		return nil, err
	}
	message := map[string]string{"version": "2020_10_22", "host": host, "user-agent": "sluice"}
	for name, values := range u.Query() {
		message[strings.ToLower(name)] = values[0]
	}
	return json.Marshal(message)
}
