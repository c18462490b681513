package fake

import (
	"crypto/rand"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stsActions is the STS API that the endpoint knows. Roles need not exist, and no
// trust policy is looked at.
var stsActions map[string]func(*call) *Error

func init() {
	stsActions = map[string]func(*call) *Error{
		"AssumeRole":                (*call).assumeRole,
		"AssumeRoleWithWebIdentity": (*call).assumeRole,
		"GetCallerIdentity":         (*call).getCallerIdentity,
	}
}

var (
	roleARN     = regexp.MustCompile(`^arn:aws:iam::\d{12}:role/.+$`)
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
)

const defaultSession = time.Hour

func (c *call) assumeRole() *Error {
	role, name := c.form.get("RoleArn"), c.form.get("RoleSessionName")
	duration := defaultSession
	if v, ok := c.form.lookup("DurationSeconds"); ok {
		n, err := strconv.Atoi(v)
		if err != nil || n < 900 || n > 43200 {
			return stsInvalid("DurationSeconds must be between 900 and 43200")
		}
		duration = time.Duration(n) * time.Second
	}
	switch {
	case !roleARN.MatchString(role):
		return stsInvalid(role + " is invalid")
	case !sessionName.MatchString(name):
		return stsInvalid("roleSessionName must be 2 to 64 of word characters and +=,.@-")
	case c.action == "AssumeRoleWithWebIdentity" && c.form.get("WebIdentityToken") == "":
		return &Error{Code: "InvalidIdentityToken", Message: "No identity token provided"}
	}
	s := &session{secret: rand.Text(), token: rand.Text(), expires: c.a.now().Add(duration),
		role: strings.Replace(strings.Replace(role, ":iam:", ":sts:", 1), ":role/", ":assumed-role/", 1) + "/" + name}
	key := "ASIA" + rand.Text()[:16]
	c.a.auth.issue(key, s)
	c.open(c.action)
	c.out = append(c.out, "<Credentials>"...)
	c.element("AccessKeyId", key)
	c.element("SecretAccessKey", s.secret)
	c.element("SessionToken", s.token)
	c.element("Expiration", s.expires.UTC().Format(time.RFC3339))
	c.out = append(c.out, "</Credentials><AssumedRoleUser>"...)
	c.element("Arn", s.role)
	c.element("AssumedRoleId", "AROA"+key[4:]+":"+name)
	c.out = append(c.out, "</AssumedRoleUser>"...)
	return c.close(c.action)
}

func stsInvalid(text string) *Error {
	return &Error{Code: "ValidationError", Message: text, Status: http.StatusBadRequest}
}

func (c *call) getCallerIdentity() *Error {
	arn := "arn:aws:iam::" + c.a.Account + ":user/fake"
	if s, ok := c.a.auth.lookup(c.scope.key); ok {
		arn = s.role
	}
	c.open("GetCallerIdentity")
	c.element("Arn", arn)
	c.element("UserId", c.scope.key)
	c.element("Account", c.a.Account)
	return c.close("GetCallerIdentity")
}
