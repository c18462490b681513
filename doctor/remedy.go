package doctor

import (
	"context"
	"fmt"
	"strings"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
)

// remedy says in a clause why a queue or topic cannot be opened, and what to do about it.
func remedy(ctx context.Context, d config.Destination, f *sink.Failure) string {
	key := "destinations." + d.Name + "." + string(d.Address().Service)
	switch {
	case ctx.Err() != nil:
		return "did not answer in time; check the network to AWS, or give a longer timeout"
	case f.Code == awsapi.CodeFIFOMismatch:
		return "is of another kind: " + f.Message
	case f.Code == awsapi.CodeCredentials && d.AssumeRole.ARN != "" && awsapi.RefusedBy(f.Err) != "":
		return fmt.Sprintf("cannot be asked for as role %s (%s); allow %s on it to who runs the bridge, and that one in the role's trust policy", d.AssumeRole.ARN, awsapi.RefusedBy(f.Err), awsapi.AssumeRole)
	case f.Code == awsapi.CodeCredentials:
		return fmt.Sprintf("cannot be asked for without credentials (%s); set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give the host, task or pod a role", innermost(f.Message))
	case f.Class == sink.Credentials && strings.Contains(f.Code, "Expired"):
		return fmt.Sprintf("refuses credentials that have expired (%s); renew them, as with aws sso login", f.Code)
	case f.Class == sink.Credentials && f.Code == "RequestTimeTooSkewed":
		return "refuses a signature of another time; set this host's clock right"
	case f.Class == sink.Credentials:
		return fmt.Sprintf("refuses the credentials (%s); give those of an access key that is there and active", f)
	case awsapi.Missing(f):
		return fmt.Sprintf("does not exist in %s, or not in this account; create it, or correct %s (an ARN tells region and account)", d.Region, key)
	case awsapi.Denied(f):
		return fmt.Sprintf("cannot be found: %s is not allowed (%s); allow it, or write the queue's URL or ARN in %s", wiring.Permissions(d).Find, f.Code, key)
	case f.Code == awsapi.CodeCertificate:
		return fmt.Sprintf("is behind a certificate that is not trusted (%s); correct the endpoint, or name the authority in AWS_CA_BUNDLE", f.Message)
	case f.Class == sink.Throttled:
		return fmt.Sprintf("could not be looked at because AWS throttles (%s); check again", f.Code)
	case f.Code == awsapi.CodeConnection, f.Code == awsapi.CodeConnectionReset, f.Code == awsapi.CodeTimeout:
		return fmt.Sprintf("cannot be reached (%s); check the region, the endpoint and the network", innermost(f.Message))
	}
	return fmt.Sprintf("cannot be looked at (%s); see to it in AWS, and check again", f)
}

// innermost takes the layers of the SDK off an error's text, for display.
func innermost(text string) string {
	if i := strings.LastIndex(text, ", "); i >= 0 && strings.HasPrefix(text, "operation error") {
		text = text[i+2:]
	}
	return text
}
