package sqs

import awsapi "github.com/sluice-bridge/sluice/bridge/aws"

// Permissions are the IAM actions on a queue.
var Permissions = awsapi.Permissions{Send: "sqs:SendMessage", Find: "sqs:GetQueueUrl", Describe: "sqs:GetQueueAttributes"}
