package config

import (
	"net"
	"net/url"
	"strings"

	"github.com/sluice-bridge/sluice/address"
)

// readable is what others can read, by the mechanism, where TLS is off.
var readable = map[Mechanism]string{
	Plain: "the password", OAuthBearer: "the token", ScramSHA256: "what helps to guess the password", ScramSHA512: "what helps to guess the password",
}

// checkClear refuses credentials without TLS, unless the configuration says in so many words that it is off.
func (s *SASL) checkClear(c *checker, at string) {
	what, known := readable[s.Mechanism]
	if !known || c.Kafka.TLS.Enabled || c.UnreadWithin("kafka.tls") {
		return
	}
	away := false
	for _, b := range c.Kafka.Brokers {
		host, _, _ := net.SplitHostPort(b)
		away = away || !address.Local(host)
	}
	if away && !c.Has("kafka.tls.enabled") {
		c.Addf(at+".mechanism", "TLS is off, so anyone on the way to the brokers can read %s; set kafka.tls.enabled: true, or false to allow that", what)
		return
	}
	c.Warnf(at+".mechanism", "TLS is off, so anyone on the way to the brokers can read %s; set kafka.tls.enabled: true", what)
}

// checkURL checks a URL of the registry, which credentials may go to.
func (r *SchemaRegistry) checkURL(c *checker, at, text string, credentials bool) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		c.Addf(at, "the URL is empty; write one like http://localhost:8081")
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		c.Addf(at, "this is not a URL of a registry; write one like http://localhost:8081") // any part of it may be a secret
	case u.Scheme != "http" || c.UnreadWithin("schema_registry.tls"):
	case r.TLS.Enabled:
		c.Addf(at, "the URL is one of http, so schema_registry.tls has no effect; write https, or remove that section")
	case address.Local(u.Hostname()) || !credentials && u.User == nil:
	case c.Has("schema_registry.tls.enabled"):
		c.Warnf(at, "the credentials go to the registry in clear text; write https")
	default:
		c.Addf(at, "the credentials would go to the registry in clear text; write https, or set schema_registry.tls.enabled: false to allow that")
	}
}

// checkEndpoint checks a URL that requests of AWS go to, if there is one: they hold messages, and the token of a session.
func checkEndpoint(c *checker, at, text string) {
	if text == "" {
		return
	}
	u, err := address.ParseEndpoint(text)
	switch {
	case err != nil:
		c.Addf(at, "%s", err)
	case u.Scheme != "http" || address.Local(u.Hostname()):
	case c.AWS.AllowHTTP:
		c.Warnf(at, "messages, and the token of a session, go there in clear text, as aws.allow_http says they may")
	default:
		c.Addf(at, "messages, and the token of a session, would go there in clear text; write https, or set aws.allow_http: true to allow that")
	}
}

// endpointVariables are those by which the SDK of AWS takes an endpoint.
var endpointVariables = []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_STS"}

func (a *AWS) checkVariables(c *checker) {
	if ignore, _ := c.Lookup("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"); strings.EqualFold(ignore, "true") {
		return
	}
	for _, name := range endpointVariables {
		value, _ := c.Lookup(name)
		c.SetBy(name, name)
		checkEndpoint(c, name, value)
	}
}
