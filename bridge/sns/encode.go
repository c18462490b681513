package sns

import (
	"strconv"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/quota"
)

// Names of the form's fields, built once: AWS Query numbers list members from 1.
var (
	entryKeys     [quota.Entries]string
	attributeKeys [quota.Attributes]string
)

func init() {
	for i := range entryKeys {
		entryKeys[i] = "&PublishBatchRequestEntries.member." + strconv.Itoa(i+1) + "."
	}
	for i := range attributeKeys {
		attributeKeys[i] = attributeKey(i)
	}
}

func attributeKey(i int) string { return "MessageAttributes.entry." + strconv.Itoa(i+1) + "." }

// requestPrefix is the request body up to its first entry; it is the same for every batch.
func requestPrefix(arn string) []byte {
	return appendForm([]byte("Action=PublishBatch&Version=2010-03-31&TopicArn="), arn)
}

// appendRequest appends the form of a PublishBatch request. Entry ids are the positions in the
// batch, "0" to "9".
func appendRequest(b, prefix []byte, batch []*message.Message) []byte {
	b = append(b, prefix...)
	for i, m := range batch {
		key := entryKeys[i]
		b = append(b, key...)
		b = append(b, "Id="...)
		b = append(b, '0'+byte(i))
		b = append(b, key...)
		b = append(b, "Message="...)
		b = appendForm(b, m.Body)
		b = appendField(b, key, "Subject=", m.Subject)
		b = appendField(b, key, "MessageGroupId=", m.GroupID)
		b = appendField(b, key, "MessageDeduplicationId=", m.DeduplicationID)
		for j := range m.Attributes {
			b = appendAttribute(b, key, j, &m.Attributes[j], m.DataType(m.Attributes[j].Name))
		}
	}
	return b
}

// appendField appends a field unless it is empty.
func appendField(b []byte, key, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, key...)
	b = append(b, name...)
	return appendForm(b, value)
}

func appendAttribute(b []byte, entry string, i int, a *message.Attribute, dataType string) []byte {
	var key string
	if i < quota.Attributes {
		key = attributeKeys[i]
	} else {
		key = attributeKey(i)
	}
	b = append(b, entry...)
	b = append(b, key...)
	b = append(b, "Name="...)
	b = appendForm(b, a.Name)
	b = append(b, entry...)
	b = append(b, key...)
	b = append(b, "Value.DataType="...)
	b = append(b, dataType...)
	b = append(b, entry...)
	b = append(b, key...)
	b = append(b, "Value.StringValue="...)
	return appendForm(b, a.Value)
}
