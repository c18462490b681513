package awsapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	// timeFormat begins with the day that a key is for.
	timeFormat = "20060102T150405Z"
	dayLength  = 8
)

// signer writes the heads of requests to one endpoint, signed with Signature Version 4 (IAM User
// Guide, "Create a signed AWS API request"). The SDK's signer takes any request apart, which costs
// fifty allocations and more than encoding the batch; these requests differ in little.
type signer struct {
	service, region string
	host            string
	path, canonical string // as requested, and as signed
	key             atomic.Pointer[signingKey]
}

// field is a header field. Its name is sent in the form that servers know without converting it, and
// signed in lower case.
type field struct{ name, signed, value string }

func newField(name, value string) field { return field{name, strings.ToLower(name), value} }

func newSigner(service Service, region string, u *url.URL) *signer {
	host := u.Host
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":"+port) // as it is commonly written, and verified
	}
	path := u.EscapedPath()
	return &signer{service: string(service), region: region, host: host, path: path, canonical: httpbinding.EscapePath(path, false)}
}

// appendHead appends the head of a request with a body, up to the empty line.
func (s *signer) appendHead(b []byte, keys aws.Credentials, op *Operation, body []byte, now time.Time) []byte {
	date := now.UTC().Format(timeFormat)
	key := s.keyFor(keys, date[:dayLength])
	var memory [8]field
	fields := append(memory[:0], op.fields...)
	fields = append(fields, field{"Content-Length", "content-length", strconv.Itoa(len(body))},
		field{"Host", "host", s.host}, field{"X-Amz-Date", "x-amz-date", date})
	if token := strings.TrimSpace(keys.SessionToken); token != "" {
		fields = append(fields, field{"X-Amz-Security-Token", "x-amz-security-token", token})
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.signed, b.signed) })

	start := len(b) // what is signed is built where the head comes
	b = append(append(append(b, "POST\n"...), s.canonical...), "\n\n"...)
	for _, f := range fields {
		b = append(append(append(append(b, f.signed...), ':'), f.value...), '\n')
	}
	b = append(appendNames(append(b, '\n'), fields), '\n')
	b = appendDigest(b, body)
	request := sha256.Sum256(b[start:])
	b = append(append(append(b[:start], algorithm+"\n"...), date...), '\n')
	b = append(append(b, key.scope...), '\n')
	b = hex.AppendEncode(b, request[:])
	signature := key.sign(b[start:])

	b = append(append(append(b[:start], "POST "...), s.path...), " HTTP/1.1\r\nUser-Agent: sluice\r\n"...)
	for _, f := range fields {
		b = append(append(append(append(b, f.name...), ": "...), f.value...), "\r\n"...)
	}
	b = append(append(b, "Authorization: "+algorithm+" Credential="...), key.id...)
	b = append(append(append(b, '/'), key.scope...), ", SignedHeaders="...)
	b = append(appendNames(b, fields), ", Signature="...)
	b = hex.AppendEncode(b, signature[:])
	return append(b, "\r\n\r\n"...)
}

func appendNames(b []byte, fields []field) []byte {
	for i, f := range fields {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, f.signed...)
	}
	return b
}

func appendDigest(b, of []byte) []byte {
	sum := sha256.Sum256(of)
	return hex.AppendEncode(b, sum[:])
}

// signingKey is what requests of one day are signed with.
type signingKey struct {
	from  aws.Credentials
	day   string
	id    string
	scope string
	macs  sync.Pool // of hash.Hash
}

// keyFor returns the key of credentials for a day. It is kept until either changes.
func (s *signer) keyFor(keys aws.Credentials, day string) *signingKey {
	if k := s.key.Load(); k != nil && k.day == day && k.from.AccessKeyID == keys.AccessKeyID && k.from.SecretAccessKey == keys.SecretAccessKey {
		return k
	}
	key := []byte("AWS4" + keys.SecretAccessKey)
	for _, part := range []string{day, s.region, s.service, "aws4_request"} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	k := &signingKey{from: keys, day: day, id: strings.TrimSpace(keys.AccessKeyID),
		scope: strings.Join([]string{day, s.region, s.service, "aws4_request"}, "/")}
	k.macs.New = func() any { return hmac.New(sha256.New, key) }
	s.key.Store(k)
	return k
}

func (k *signingKey) sign(text []byte) (signature [sha256.Size]byte) {
	mac := k.macs.Get().(hash.Hash)
	defer k.macs.Put(mac)
	mac.Reset()
	mac.Write(text)
	mac.Sum(signature[:0])
	return signature
}
