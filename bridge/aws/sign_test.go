package awsapi

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// TestSignsAsTheSDK reads each head as a server does, and has the SDK sign the same request.
func TestSignsAsTheSDK(t *testing.T) {
	day := time.Date(2026, 2, 28, 23, 59, 59, 0, time.FixedZone("", 3600))
	plain := aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}
	role := aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "other", SessionToken: "a/token+with=signs"}
	json := NewOperation("application/x-amz-json-1.0", "X-Amz-Target", "AmazonSQS.SendMessageBatch", "X-Amzn-Query-Mode", "true")
	form := NewOperation("application/x-www-form-urlencoded")
	for _, endpoint := range []string{"https://sqs.eu-west-1.amazonaws.com/", "https://sqs.eu-west-1.amazonaws.com:443/", "http://127.0.0.1:4566/", "http://[::1]:4566/", "http://host/a%20b/c+d/é/"} {
		u, err := url.Parse(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		s := newSigner(SQS, "eu-west-1", u)
		// One after the other, by the same signer: a key must not be used for longer than it is for.
		for _, step := range []struct {
			keys aws.Credentials
			op   *Operation
			body string
			at   time.Time
		}{
			{plain, json, `{"a":1}`, day},
			{plain, form, "Action=Publish", day.Add(time.Hour)},
			{role, json, `{"a":1}`, day.Add(2 * time.Hour)},
			{plain, json, `{"a":1}`, day.Add(24 * time.Hour)},
			{aws.Credentials{AccessKeyID: plain.AccessKeyID, SecretAccessKey: "changed"}, json, `{"a":2}`, day.Add(24 * time.Hour)},
		} {
			head := s.appendHead([]byte("before"), step.keys, step.op, []byte(step.body), step.at)
			got, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(head[len("before"):]), bytes.NewReader([]byte(step.body)))))
			if err != nil {
				t.Fatalf("%s: %v in\n%s", endpoint, err, head)
			}
			if got.ContentLength != int64(len(step.body)) || got.UserAgent() != "sluice" || got.URL.EscapedPath() != u.EscapedPath() {
				t.Errorf("%s: head\n%s", endpoint, head)
			}
			want := &http.Request{Method: http.MethodPost, URL: u, ContentLength: int64(len(step.body)), Header: http.Header{}}
			for _, f := range step.op.fields {
				want.Header.Set(f.name, f.value)
			}
			sum := sha256.Sum256([]byte(step.body))
			if err := v4.NewSigner().SignHTTP(context.Background(), step.keys, want, hex.EncodeToString(sum[:]), "sqs", "eu-west-1", step.at); err != nil {
				t.Fatal(err)
			}
			for name := range want.Header {
				if got.Header.Get(name) != want.Header.Get(name) {
					t.Errorf("%s: %s is\n%s, should be\n%s", endpoint, name, got.Header.Get(name), want.Header.Get(name))
				}
			}
			if want.Host == "" {
				want.Host = u.Host
			}
			if got.Host != want.Host {
				t.Errorf("%s: host %s, should be %s", endpoint, got.Host, want.Host)
			}
		}
	}
}
