package config

import (
	"net/url"
	"slices"
)

// SchemaRegistry is where schemas come from; none where no URL is named.
type SchemaRegistry struct {
	URLs         []string `koanf:"urls" doc:"The registry's URLs; if one does not answer, the next one is asked."`
	Username     string   `koanf:"username" doc:"The user name of basic authentication."`
	Password     Secret   `koanf:"password" doc:"The password; password_file keeps it out of the configuration."`
	PasswordFile string   `koanf:"password_file" doc:"File that holds the password; read for each request."`
	Token        Secret   `koanf:"token" doc:"A bearer token, instead of user name and password."`
	TokenFile    string   `koanf:"token_file" doc:"File that holds the bearer token; read for each request."`
	TLS          TLS      `koanf:"tls" doc:"How https URLs are trusted, and the client's certificate."`
	Timeout      Duration `koanf:"timeout" default:"10s" range:"100ms..5m" doc:"How long one request may take."`
}

// BasicPassword returns the password; a file is read anew, since it may have been renewed.
func (r SchemaRegistry) BasicPassword() (Secret, error) { return fresh(r.Password, r.PasswordFile) }

// BearerToken returns the token, likewise.
func (r SchemaRegistry) BearerToken() (Secret, error) { return fresh(r.Token, r.TokenFile) }

// fresh returns a secret that may stand in a file.
func fresh(inline Secret, file string) (Secret, error) {
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
		r.checkURL(c, index(at+".urls", i), u, user || token)
	}
	if off := c.has(at+".tls.enabled") && !r.TLS.Enabled; off && len(r.URLs) > 0 && !c.unreadWithin(at) && !slices.ContainsFunc(r.URLs, isNotTLS) {
		c.addf(at+".tls.enabled", "TLS is turned off, and the URLs are of https, which is TLS; remove enabled: false, or write http")
	}
	switch {
	case user && token:
		c.addf(at, "both a user and a token are set; keep one")
	case user && r.Username == "":
		c.addf(at+".username", "a password needs its user name; add username")
	case user && r.Password == "" && r.PasswordFile == "" && !c.unreadWithin(at):
		c.addf(at+".password", "a user name needs its password; add password_file, or password")
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
func (r *SchemaRegistry) checkSecret(c *checker, at string, inline Secret, file *string) {
	if *file == "" {
		return
	}
	*file = beside(c.dir, *file)
	if inline != "" {
		c.addf(at+"_file", "the secret is also written in the configuration itself; keep one of the two")
	} else if _, err := readSecret(*file); err != nil {
		c.addf(at+"_file", "%s", err)
	}
	c.checkOpen(at+"_file", *file)
}
