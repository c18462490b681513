package sns

import awsapi "github.com/sluice-bridge/sluice/bridge/aws"

// Permissions are the IAM actions on a topic.
var Permissions = awsapi.Permissions{Send: "sns:Publish", Describe: "sns:GetTopicAttributes"}
