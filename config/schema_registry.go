package config

import (
	"net/url"
	"slices"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// SchemaRegistry is where schemas come from; none where no URL is named.
type SchemaRegistry struct {
	URLs         []string          `key:"urls" secret:"url" like:"http://localhost:8081" doc:"The registry's URLs; if one does not answer, the next one is asked."`
	Username     string            `key:"username" doc:"The user name of basic authentication."`
	Password     yamlconf.Secret   `key:"password" doc:"The password; password_file keeps it out of the configuration."`
	PasswordFile string            `key:"password_file" doc:"File that holds the password; read for each request."`
	Token        yamlconf.Secret   `key:"token" doc:"A bearer token, instead of user name and password."`
	TokenFile    string            `key:"token_file" doc:"File that holds the bearer token; read for each request."`
	TLS          TLS               `key:"tls" doc:"How https URLs are trusted, and the client's certificate."`
	Timeout      yamlconf.Duration `key:"timeout" default:"10s" range:"100ms..5m" doc:"How long one request may take."`
}

// BasicPassword returns the password; a file is read anew, since it may have been renewed.
func (r SchemaRegistry) BasicPassword() (yamlconf.Secret, error) {
	return fresh(r.Password, r.PasswordFile)
}

// BearerToken returns the token, likewise.
func (r SchemaRegistry) BearerToken() (yamlconf.Secret, error) { return fresh(r.Token, r.TokenFile) }

// fresh returns a secret that may stand in a file.
func fresh(inline yamlconf.Secret, file string) (yamlconf.Secret, error) {
	if file == "" {
		return inline, nil
	}
	return readSecret(file)
}

func (r *SchemaRegistry) check(c *checker) {
	const at = "schema_registry"
	r.TLS.check(c, at+".tls")
	user := r.Username != "" || r.Password != "" || r.PasswordFile != ""
	token := r.Token != "" || r.TokenFile != ""
	for i, u := range r.URLs {
		r.checkURL(c, yamldoc.Index(at+".urls", i), u, user || token)
	}
	if off := c.Has(at+".tls.enabled") && !r.TLS.Enabled; off && len(r.URLs) > 0 && !c.UnreadWithin(at) && !slices.ContainsFunc(r.URLs, isNotTLS) {
		c.Addf(at+".tls.enabled", "TLS is turned off, and the URLs are of https, which is TLS; remove enabled: false, or write http")
	}
	switch {
	case user && token:
		c.Addf(at, "both a user and a token are set; keep one")
	case user && r.Username == "":
		c.Addf(at+".username", "a password needs its user name; add username")
	case user && r.Password == "" && r.PasswordFile == "" && !c.UnreadWithin(at):
		c.Addf(at+".password", "a user name needs its password; add password_file, or password")
	}
	r.checkSecret(c, at+".password", r.Password, &r.PasswordFile)
	r.checkSecret(c, at+".token", r.Token, &r.TokenFile)
}

// isNotTLS says whether a URL is not one of https.
func isNotTLS(text string) bool {
	u, err := url.Parse(text)
	return err != nil || u.Scheme != "https"
}

// checkSecret checks one that may stand in a file.
func (r *SchemaRegistry) checkSecret(c *checker, at string, inline yamlconf.Secret, file *string) {
	if *file == "" {
		return
	}
	*file = beside(c.dir, *file)
	if inline != "" {
		c.Addf(at+"_file", "the secret is also written in the configuration itself; keep one of the two")
	} else if _, err := readSecret(*file); err != nil {
		c.Addf(at+"_file", "%s", err)
	}
	c.checkOpen(at+"_file", *file)
}
