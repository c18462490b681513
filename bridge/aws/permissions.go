package awsapi

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

// AssumeRole is the action on a role that is assumed.
const AssumeRole = "sts:AssumeRole"
