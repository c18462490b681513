package address

import (
	"regexp"
	"strings"
)

// host is what the host of a queue's URL says.
type host struct {
	region string
	// aws: SQS itself answers there, publicly or by a VPC endpoint.
	aws bool
	// public: it is the one, or a variant of the one, that follows from the region.
	public          bool
	fips, dualStack bool
}

const regionForm = `[a-z]{2,5}(?:-[a-z]+)+-[0-9]+`

var (
	serviceHost = regexp.MustCompile(`(?:^|\.)(sqs|sqs-fips)\.(` + regionForm + `)(?:\.(.+))?$`)
	legacyHost  = regexp.MustCompile(`^(` + regionForm + `)\.queue\.(.+)$`)
)

// dualStack has the suffixes of AWS's public hosts, and whether they are those of the dual-stack
// variant. Isolated partitions have others; a queue there gets its requests at the host written.
var dualStack = map[string]bool{
	"amazonaws.com":                false,
	"amazonaws.com.cn":             false,
	"amazonaws.eu":                 false,
	"api.aws":                      true,
	"api.amazonwebservices.com.cn": true,
	"api.amazonwebservices.eu":     true,
}

// parseHost reads a host in lower case, without its port:
//
//	sqs.REGION.SUFFIX  sqs-fips.REGION.SUFFIX  REGION.queue.SUFFIX  queue.amazonaws.com (us-east-1)
//	vpce-….sqs.REGION.vpce.SUFFIX
//
// Private names and emulators that follow one of the forms tell the region too.
func parseHost(name string) host {
	if name == "queue.amazonaws.com" {
		return host{region: "us-east-1", aws: true, public: true}
	}
	if m := legacyHost.FindStringSubmatch(name); m != nil {
		dual, known := dualStack[m[2]]
		old := known && !dual
		return host{region: m[1], aws: old, public: old}
	}
	m := serviceHost.FindStringSubmatch(name)
	if m == nil {
		return host{}
	}
	if dual, known := dualStack[m[3]]; known && m[0] == name {
		return host{region: m[2], aws: true, public: true, fips: m[1] == "sqs-fips", dualStack: dual}
	}
	_, known := dualStack[strings.TrimPrefix(m[3], "vpce.")]
	return host{region: m[2], aws: known}
}
