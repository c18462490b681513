package awsapi

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge"
)

func TestClassifyCodes(t *testing.T) {
	for class, codes := range map[bridge.Class][]string{
		bridge.Throttled: {
			"RequestThrottled", "com.amazonaws.sqs#RequestThrottled", "Throttling", "ThrottlingException", "Throttled", "ThrottledException",
			"KmsThrottled", "com.amazonaws.sqs#KmsThrottled", "KMS.ThrottlingException", "KMSThrottling", "KMSThrottlingException",
			"SomeNewThrottlingCode", "KmsSomethingThrottled",
		},
		bridge.Transient: {
			"InternalError", "InternalFailure", "ServiceUnavailable", "RequestTimeout", "OverLimit", "com.amazonaws.sqs#OverLimit",
			"AWS.SimpleQueueService.OverLimit",
		},
		bridge.Configuration: {
			"QueueDoesNotExist", "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "NotFound", "NotFoundException",
			"AccessDenied", "AccessDeniedException", "AuthorizationError", "KmsAccessDenied", "KMS.AccessDeniedException", "KMSAccessDenied",
			"KmsDisabled", "KMS.DisabledException", "KMSDisabled", "KmsInvalidState", "KMS.InvalidStateException", "KMSInvalidState",
			"KmsNotFound", "KMS.NotFoundException", "KMSNotFound", "KmsInvalidKeyUsage", "KMS.InvalidKeyUsageException",
			"KmsOptInRequired", "KMS.OptInRequired", "KMSOptInRequired", "InvalidAddress", "UnsupportedOperation",
			"AWS.SimpleQueueService.UnsupportedOperation", "InvalidSecurity", "OptInRequired", "EndpointDisabled", "PlatformApplicationDisabled",
			"KmsSomethingNew", "KMSSomethingNew",
		},
		bridge.Credentials: {
			"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException",
			"SignatureDoesNotMatch", "InvalidSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
			"IncompleteSignature", "IncompleteSignatureException", "RequestTimeTooSkewed", "ExpiredToken:http://x/",
		},
		bridge.Poison: {
			"InvalidMessageContents", "InvalidParameterValue", "MissingParameter", "InvalidParameter", "ParameterValueInvalid", "ValidationError",
			"ValidationException", "UserError", "TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
			"EmptyBatchRequest", "BatchEntryIdsNotDistinct", "InvalidBatchEntryId", "BatchRequestTooLong",
			"AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLongException",
		},
	} {
		for _, code := range codes {
			for _, scope := range []Scope{Call, Entry} {
				if got := Classify(code, "", FaultSender, scope); got != class {
					t.Errorf("%s (scope %d): %v, want %v", code, scope, got, class)
				}
			}
		}
	}
}

func TestClassifyFaultsAndTexts(t *testing.T) {
	for _, row := range []struct {
		code, message string
		fault         Fault
		scope         Scope
		want          bridge.Class
	}{
		{"Unheard", "", FaultUnknown, Call, bridge.Transient},
		{"Unheard", "", FaultService, Call, bridge.Transient},
		{"Unheard", "", FaultSender, Call, bridge.Configuration},
		{"Unheard", "", FaultService, Entry, bridge.Transient},
		{"Unheard", "", FaultSender, Entry, bridge.Poison},
		{"InvalidParameterValue", "", FaultService, Entry, bridge.Transient},
		{"InvalidParameterValue", "", FaultSender, Entry, bridge.Poison},
		{"AccessDenied", "", FaultService, Entry, bridge.Configuration},
		{"InvalidParameter", "Invalid parameter: TopicArn", FaultSender, Call, bridge.Configuration},
		{"InvalidParameter", "Invalid parameter: TopicArn Reason: no such region", FaultSender, Call, bridge.Configuration},
		{"InvalidParameter", "Invalid parameter: TargetArn Reason: x", FaultSender, Entry, bridge.Configuration},
		{"InvalidParameter", "Invalid parameter: Message too long", FaultSender, Call, bridge.Poison},
		{"InvalidParameter", `Invalid parameter: Message Reason: field "TopicArn"`, FaultSender, Call, bridge.Poison},
		{"InvalidParameterValue", "Value x for parameter QueueUrl is invalid. Reason: y", FaultSender, Call, bridge.Configuration},
		{"InvalidParameterValue", "Value QueueUrl for parameter MessageGroupId is invalid. Reason: y", FaultSender, Call, bridge.Poison},
		{"MissingParameter", "The request must contain the parameter QueueUrl.", FaultSender, Call, bridge.Configuration},
		{"MissingParameter", "The request must contain the parameter MessageGroupId.", FaultSender, Call, bridge.Poison},
	} {
		if got := Classify(row.code, row.message, row.fault, row.scope); got != row.want {
			t.Errorf("%+v: %v", row, got)
		}
	}
}
