package docs

import (
	"slices"
	"strings"
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/bridge/sqs"
)

// TestPermissionsAreDocumented holds the table of IAM actions, and the policy above it, to what the kinds of destination
// say that they need.
func TestPermissionsAreDocumented(t *testing.T) {
	t.Parallel()
	var want []string
	for _, p := range []awsapi.Permissions{sqs.Permissions, sns.Permissions} {
		for _, action := range []string{p.Send, p.Find, p.Describe} {
			if action != "" {
				want = append(want, action)
			}
		}
	}
	want = append(want, awsapi.UseKey...)
	operations := readDocument(t, "docs/operations.md")
	_, section, _ := strings.Cut(operations.text, "## Permissions in AWS\n")
	policy, _, _ := strings.Cut(section, "\n| action")
	for _, action := range want {
		if !strings.Contains(policy, `"`+action+`"`) {
			t.Errorf("the policy in %s does not allow %s", operations.name, action)
		}
	}
	want = append(want, awsapi.AssumeRole)
	var documented []string
	for _, row := range operations.table(t, "## Permissions in AWS") {
		for _, match := range codeSpan.FindAllStringSubmatch(row[0], -1) {
			documented = append(documented, match[1])
		}
	}
	slices.Sort(want)
	slices.Sort(documented)
	if !slices.Equal(documented, want) {
		t.Errorf("%s lists %v, and the code says %v", operations.name, documented, want)
	}
}
