package config

import (
	"cmp"
	"regexp"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// SASL is how the bridge authenticates with the brokers. A zero SASL stands for no authentication.
type SASL struct {
	Mechanism    Mechanism         `key:"mechanism" doc:"The mechanism that the brokers ask for."`
	Username     string            `key:"username" doc:"For plain and scram."`
	Password     yamlconf.Secret   `key:"password" doc:"For plain and scram; password_file keeps it out of the configuration."`
	PasswordFile string            `key:"password_file" doc:"File that holds the password; read when the configuration is."`
	Token        yamlconf.Secret   `key:"token" doc:"The bearer token, for oauthbearer; token_file keeps it out of the configuration."`
	TokenFile    string            `key:"token_file" doc:"File that holds the bearer token; read for each authentication, so the token may be renewed there."`
	Extensions   map[string]string `key:"extensions" doc:"SASL extensions for oauthbearer, by name."`
	Region       string            `key:"region" like:"eu-west-1" doc:"The region of the cluster, for aws-msk-iam; if left out, that in the brokers' names, else AWS_REGION."`

	surroundings string // the region of the environment
}

// Mechanism is a SASL mechanism; empty for none.
type Mechanism string

// The mechanisms.
const (
	Plain       Mechanism = "plain"
	ScramSHA256 Mechanism = "scram-sha-256"
	ScramSHA512 Mechanism = "scram-sha-512"
	OAuthBearer Mechanism = "oauthbearer"
	MSKIAM      Mechanism = "aws-msk-iam"
)

// OneOf implements [yamlconf.Choice].
func (Mechanism) OneOf() (noun string, values []string) {
	return "a SASL mechanism", []string{"plain", "scram-sha-256", "scram-sha-512", "oauthbearer", "aws-msk-iam"}
}

// BearerToken returns the token of oauthbearer, read anew where it comes from a file.
func (s SASL) BearerToken() (yamlconf.Secret, error) { return fresh(s.Token, s.TokenFile) }

func (s *SASL) check(c *checker) {
	const at = "kafka.sasl"
	set := map[string]bool{
		"username": s.Username != "", "password": s.Password != "", "password_file": s.PasswordFile != "",
		"token": s.Token != "", "token_file": s.TokenFile != "", "extensions": len(s.Extensions) > 0, "region": s.Region != "",
	}
	uses := map[Mechanism][]string{
		Plain: {"username", "password", "password_file"}, OAuthBearer: {"token", "token_file", "extensions"}, MSKIAM: {"region"},
	}
	uses[ScramSHA256], uses[ScramSHA512] = uses[Plain], uses[Plain]
	if s.Mechanism == "" {
		for key := range set {
			if set[key] {
				_, mechanisms := s.Mechanism.OneOf()
				c.Addf(at+".mechanism", "the mechanism is missing; add mechanism: %s", excerpt.Listing(mechanisms, "or"))
				return
			}
		}
		return
	}
	for _, key := range []string{"username", "password", "password_file", "token", "token_file", "extensions", "region"} {
		used := false
		for _, u := range uses[s.Mechanism] {
			used = used || u == key
		}
		if set[key] && !used {
			c.Addf(at+"."+key, "%s has no use for this key; remove it, or change the mechanism", s.Mechanism)
		}
	}
	s.checkClear(c, at)
	switch s.Mechanism {
	case OAuthBearer:
		s.checkToken(c, at)
	case MSKIAM:
		s.checkMSK(c, at)
	default:
		s.checkPassword(c, at)
	}
}

func (s *SASL) checkPassword(c *checker, at string) {
	if s.Username == "" {
		c.Addf(at+".username", "%s needs a user name; add username", s.Mechanism)
	}
	switch {
	case s.Password != "" && s.PasswordFile != "":
		c.Addf(at+".password_file", "password is set too; keep one of the two")
	case s.PasswordFile != "":
		s.PasswordFile = beside(c.dir, s.PasswordFile)
		var err error
		if s.Password, err = readSecret(s.PasswordFile); err != nil {
			c.Addf(at+".password_file", "%s", err)
		}
		c.checkOpen(at+".password_file", s.PasswordFile)
	case s.Password == "":
		c.Addf(at+".password", "%s needs a password; add password_file, or password: ${VARIABLE}", s.Mechanism)
	}
}

func (s *SASL) checkToken(c *checker, at string) {
	switch {
	case s.Token != "" && s.TokenFile != "":
		c.Addf(at+".token_file", "token is set too; keep one of the two")
	case s.TokenFile != "":
		s.TokenFile = beside(c.dir, s.TokenFile)
		if _, err := readSecret(s.TokenFile); err != nil {
			c.Addf(at+".token_file", "%s", err)
		}
		c.checkOpen(at+".token_file", s.TokenFile)
	case s.Token == "":
		c.Addf(at+".token", "oauthbearer needs a token; add token_file, or token: ${VARIABLE}")
	}
}

var mskHost = regexp.MustCompile(`\.kafka(?:-serverless)?\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com`)

// RegionOf returns the region by which aws-msk-iam signs for a broker: the configured one, else the one in the
// name of its host, else the environment's.
func (s SASL) RegionOf(host string) string {
	if name := mskHost.FindStringSubmatch(host); name != nil {
		return cmp.Or(s.Region, name[1])
	}
	return cmp.Or(s.Region, s.surroundings)
}

func (s *SASL) checkMSK(c *checker, at string) {
	checkRegion(c, at+".region", s.Region)
	region, _ := c.Lookup("AWS_REGION")
	fallback, _ := c.Lookup("AWS_DEFAULT_REGION")
	s.surroundings = cmp.Or(region, fallback)
	for _, b := range c.Kafka.Brokers {
		if s.RegionOf(b) == "" {
			c.Addf(at+".region", "aws-msk-iam needs the region of the cluster, which the brokers' names do not tell; add region here, or set AWS_REGION")
			break
		}
	}
	if !c.Kafka.TLS.Enabled {
		c.Addf(at+".mechanism", "aws-msk-iam works over TLS only; set kafka.tls.enabled: true")
	}
}
