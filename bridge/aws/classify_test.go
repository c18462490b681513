package awsapi

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

func TestCodesOfAWSHaveTheirClass(t *testing.T) {
	for class, codes := range map[sink.Class][]string{
		sink.Throttled: {
			"RequestThrottled", "com.amazonaws.sqs#RequestThrottled", "Throttling", "ThrottlingException", "Throttled", "ThrottledException",
			"KmsThrottled", "com.amazonaws.sqs#KmsThrottled", "KMS.ThrottlingException", "KMSThrottling", "KMSThrottlingException",
			"SomeNewThrottlingCode", "KmsSomethingThrottled",
		},
		sink.Transient: {
			"InternalError", "InternalFailure", "ServiceUnavailable", "RequestTimeout", "OverLimit", "com.amazonaws.sqs#OverLimit",
			"AWS.SimpleQueueService.OverLimit",
		},
		sink.Configuration: {
			"QueueDoesNotExist", "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "NotFound", "NotFoundException",
			"AccessDenied", "AccessDeniedException", "AuthorizationError", "KmsAccessDenied", "KMS.AccessDeniedException", "KMSAccessDenied",
			"KmsDisabled", "KMS.DisabledException", "KMSDisabled", "KmsInvalidState", "KMS.InvalidStateException", "KMSInvalidState",
			"KmsNotFound", "KMS.NotFoundException", "KMSNotFound", "KmsInvalidKeyUsage", "KMS.InvalidKeyUsageException",
			"KmsOptInRequired", "KMS.OptInRequired", "KMSOptInRequired", "InvalidAddress", "UnsupportedOperation",
			"AWS.SimpleQueueService.UnsupportedOperation", "InvalidSecurity", "OptInRequired", "EndpointDisabled", "PlatformApplicationDisabled",
			"KmsSomethingNew", "KMSSomethingNew",
		},
		sink.Credentials: {
			"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException",
			"SignatureDoesNotMatch", "InvalidSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
			"IncompleteSignature", "IncompleteSignatureException", "RequestTimeTooSkewed", "ExpiredToken:http://x/",
		},
		sink.Poison: {
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

func TestFaultsAndTextsOfAWSHaveTheirClass(t *testing.T) {
	for _, row := range []struct {
		code, message string
		fault         Fault
		scope         Scope
		want          sink.Class
	}{
		{"Unheard", "", FaultUnknown, Call, sink.Transient},
		{"Unheard", "", FaultService, Call, sink.Transient},
		{"Unheard", "", FaultSender, Call, sink.Configuration},
		{"Unheard", "", FaultService, Entry, sink.Transient},
		{"Unheard", "", FaultSender, Entry, sink.Poison},
		{"InvalidParameterValue", "", FaultService, Entry, sink.Transient},
		{"InvalidParameterValue", "", FaultSender, Entry, sink.Poison},
		{"AccessDenied", "", FaultService, Entry, sink.Configuration},
		{"InvalidParameter", "Invalid parameter: TopicArn", FaultSender, Call, sink.Configuration},
		{"InvalidParameter", "Invalid parameter: TopicArn Reason: no such region", FaultSender, Call, sink.Configuration},
		{"InvalidParameter", "Invalid parameter: TargetArn Reason: x", FaultSender, Entry, sink.Configuration},
		{"InvalidParameter", "Invalid parameter: Message too long", FaultSender, Call, sink.Poison},
		{"InvalidParameter", `Invalid parameter: Message Reason: field "TopicArn"`, FaultSender, Call, sink.Poison},
		{"InvalidParameterValue", "Value x for parameter QueueUrl is invalid. Reason: y", FaultSender, Call, sink.Configuration},
		{"InvalidParameterValue", "Value QueueUrl for parameter MessageGroupId is invalid. Reason: y", FaultSender, Call, sink.Poison},
		{"MissingParameter", "The request must contain the parameter QueueUrl.", FaultSender, Call, sink.Configuration},
		{"MissingParameter", "The request must contain the parameter MessageGroupId.", FaultSender, Call, sink.Poison},
	} {
		if got := Classify(row.code, row.message, row.fault, row.scope); got != row.want {
			t.Errorf("%+v: %v", row, got)
		}
	}
}
