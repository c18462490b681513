package awsapi

import (
	"fmt"
	"strings"
)

// Permissions are the IAM actions on what a kind of destination sends to. Those on a queue or topic of another account
// have to be in its own policy too.
type Permissions struct {
	// Send is needed always, and covers batches.
	Send string
	// Find is needed for what is configured by its name alone; empty where that cannot be.
	Find string
	// Describe reads limits and kind; the bridge does without.
	Describe string
}

// UseKey are the actions on the KMS key of a queue or topic that is encrypted.
var UseKey = []string{"kms:GenerateDataKey", "kms:Decrypt"}

// KeyNotes says what a queue or topic that is encrypted with a KMS key needs; nothing where there is no key.
func KeyNotes(key string) []string {
	if key == "" {
		return nil
	}
	return []string{fmt.Sprintf("is encrypted with the KMS key %s; sending needs %s on it too", key, strings.Join(UseKey, " and "))}
}

// AssumeRole is the action on a role that is assumed.
const AssumeRole = "sts:AssumeRole"
