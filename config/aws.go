package config

import (
	"regexp"
	"strings"
)

// AWS is what all destinations share. Each may override it.
type AWS struct {
	Region     string     `key:"region" like:"eu-west-1" doc:"The region of destinations that name none; AWS_REGION if left out."`
	Endpoint   string     `key:"endpoint" like:"http://localhost:4566" doc:"The URL of an emulator or a private endpoint, instead of that of AWS."`
	AllowHTTP  bool       `key:"allow_http" default:"false" doc:"Allows http for endpoints on other machines: anyone on the network path can read the messages and the session token. For trials only."`
	AssumeRole AssumeRole `key:"assume_role" doc:"A role to assume for sending."`
}

// AssumeRole is a role to assume; none where ARN is empty.
type AssumeRole struct {
	ARN         string `key:"arn" like:"arn:aws:iam::111122223333:role/NAME" doc:"The ARN of the role."`
	ExternalID  string `key:"external_id" doc:"The external id that the role's trust policy asks for."`
	SessionName string `key:"session_name" doc:"The name of the session in CloudTrail; sluice if left out."`
}

const defaultSessionName = "sluice"

var (
	regionName  = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$`)
	roleARN     = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
)

func (a *AWS) check(c *checker) {
	checkRegion(c, "aws.region", a.Region)
	checkEndpoint(c, "aws.endpoint", a.Endpoint)
	checkVariant(c, "aws.endpoint", a.Endpoint)
	a.checkVariables(c)
	a.AssumeRole.check(c, "aws.assume_role")
	if a.AssumeRole.ARN == "" && a.AssumeRole.ExternalID != "" && !c.IsUnread("aws.assume_role.arn") {
		c.Addf("aws.assume_role.external_id", "an external id belongs to a role, and there is none; add assume_role.arn")
	}
	if a.AssumeRole.SessionName == "" {
		a.AssumeRole.SessionName = defaultSessionName
	}
}

func (r *AssumeRole) check(c *checker, path string) {
	if r.ARN != "" && !roleARN.MatchString(r.ARN) {
		c.Addf(path+".arn", "%q is not the ARN of a role; write arn:aws:iam::111122223333:role/NAME", r.ARN)
	}
	if r.SessionName != "" && !sessionName.MatchString(r.SessionName) {
		c.Addf(path+".session_name", "%q cannot name a session; write 2 to 64 letters, digits and _+=,.@-", r.SessionName)
	}
}

// over fills in what a destination's role leaves to the shared one. The external id of another
// role is not passed on: it belongs to the trust between two accounts.
func (r AssumeRole) over(shared AssumeRole) AssumeRole {
	if r.ARN == "" {
		r.ARN = shared.ARN
		if r.ExternalID == "" {
			r.ExternalID = shared.ExternalID
		}
	}
	if r.SessionName == "" {
		r.SessionName = shared.SessionName
	}
	return r
}

func checkRegion(c *checker, path, region string) {
	if region != "" && !regionName.MatchString(region) {
		c.Addf(path, "%q is not a region; write one like eu-west-1", region)
	}
}

// checkVariant refuses an endpoint beside variables that ask for a variant of AWS's own, which the SDK takes for a
// mistake.
func checkVariant(c *checker, path, endpoint string) {
	if variable := c.variant(); endpoint != "" && variable != "" {
		c.Addf(path, "%s asks for an endpoint of AWS, and here is another one; unset the variable, or remove the endpoint", variable)
	}
}

// variant is the variable that asks for a variant of AWS's endpoints; empty where none does.
func (c *checker) variant() string {
	for _, name := range []string{"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"} {
		if value, _ := c.Lookup(name); strings.EqualFold(value, "true") {
			return name
		}
	}
	return ""
}

// checkSurroundings is checkVariant for the endpoint of a service that the environment names.
func checkSurroundings(c *checker, path, service string) {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + strings.ToUpper(service), "AWS_ENDPOINT_URL"} {
		value, _ := c.Lookup(name)
		if variable := c.variant(); value != "" && variable != "" {
			c.Addf(path, "%s asks for an endpoint of AWS, and %s names another one; unset one of the two", variable, name)
			return
		}
	}
}
