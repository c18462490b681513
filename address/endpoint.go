package address

import (
	"errors"
	"net/url"
	"strings"
)

// ParseEndpoint reads the URL that requests of AWS are posted to, or below: a scheme of http or https, a host and perhaps
// a path. The error says what to write instead. It quotes nothing, since any part of what is refused may be a secret.
func ParseEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("this is not an endpoint; write a URL like http://localhost:4566")
	case u.User != nil:
		return nil, errors.New("the endpoint holds a user or a password, and AWS takes neither; remove what is before the @")
	case strings.ContainsAny(text, "?#"):
		return nil, errors.New("the endpoint holds more than scheme, host and path, and requests of AWS have no place for that; remove what begins with ? or #")
	}
	return u, nil
}
