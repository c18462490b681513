package contract

// Reasons that several cases share.
const (
	mqSize       = "its limit is 256 KiB, counted in characters, with a code of its own"
	mqCode       = "it answers InvalidAttributeValue where AWS has several codes"
	mqNames      = "it does not look at attribute names"
	mqIDs        = "it does not look at entry ids"
	mqPerEntry   = "it fails the entry, not the call"
	motoNames    = "it looks at attribute types only"
	motoIDs      = "it looks at no group or deduplication id but for its presence"
	motoText     = "it looks at no characters"
	motoFanOut   = "it delivers while the publisher waits, and its errors become the publisher's"
	motoSNSBatch = "it looks at counts and distinct ids only"
)

// elasticMQDeviations is for ElasticMQ 1.6.12.
var elasticMQDeviations = map[string]string{
	"sqs: group id on a standard queue is kept":                 "it has no fair queues",
	"sqs: missing queue has both spellings":                     "it sends no x-amzn-query-error header",
	"sqs: maximum message size can be read":                     "it ignores MaximumMessageSize",
	"sqs: an entry above the queue's limit fails alone":         "it ignores MaximumMessageSize",
	"sqs: no entries are too few":                               "it accepts an empty batch",
	"sqs: entry ids have no dots":                               mqIDs,
	"sqs: entry ids have at most 80 characters":                 mqIDs,
	"sqs: a batch may have a mebibyte":                          mqSize,
	"sqs: a batch above a mebibyte is too long":                 mqSize,
	"sqs: size is counted in bytes":                             mqSize,
	"sqs: attributes count as size":                             mqSize,
	"sqs: a single message above the limit is an invalid value": mqSize,
	"sqs: an empty body is a missing parameter":                 mqCode,
	"sqs: an entry with a bad character fails alone":            mqCode,
	"sqs: a noncharacter is refused":                            mqCode,
	"sqs: eleven attributes are too many":                       mqCode,
	"sqs: attribute values are not empty":                       mqCode,
	"sqs: attribute values have the characters of bodies":       mqCode,
	"sqs: numbers are numbers":                                  mqCode,
	"sqs: reserved attribute prefixes are refused":              mqNames,
	"sqs: reserved attribute prefixes are refused in any case":  mqNames,
	"sqs: attribute names do not end with a dot":                mqNames,
	"sqs: attribute names do not begin with a dot":              mqNames,
	"sqs: attribute names have no two dots in a row":            mqNames,
	"sqs: attribute names have no spaces":                       mqNames,
	"sqs: attribute names have at most 256 characters":          mqNames,
	"sqs: one entry without a group id fails the call":          mqPerEntry,
	"sqs: one entry without a deduplication id fails the call":  mqPerEntry,
	"sqs: deduplication can be scoped to groups":                "it knows one scope, the queue",
	"sqs: sequence numbers are told and grow":                   "it tells none in batches",
}

// motoDeviations is for moto 5.2.5.
var motoDeviations = map[string]string{
	"sqs: trace header is kept in batches":                           "it drops system attributes in batches",
	"sqs: size is counted in bytes":                                  "it counts characters, of bodies only",
	"sqs: attributes count as size":                                  "it counts characters, of bodies only",
	"sqs: an entry above the queue's limit fails alone":              "it fails the whole call",
	"sqs: an empty body is a missing parameter":                      motoText,
	"sqs: an entry with a bad character fails alone":                 motoText,
	"sqs: a noncharacter is refused":                                 motoText,
	"sqs: deduplication ids are refused by standard queues":          motoIDs,
	"sqs: eleven attributes are too many":                            motoNames,
	"sqs: reserved attribute prefixes are refused":                   motoNames,
	"sqs: reserved attribute prefixes are refused in any case":       motoNames,
	"sqs: attribute names do not end with a dot":                     motoNames,
	"sqs: attribute names do not begin with a dot":                   motoNames,
	"sqs: attribute names have no two dots in a row":                 motoNames,
	"sqs: attribute names have at most 256 characters":               motoNames,
	"sqs: attribute values are not empty":                            motoNames,
	"sqs: attribute values have the characters of bodies":            motoNames,
	"sqs: numbers are numbers":                                       motoNames,
	"sqs: group ids have no spaces":                                  motoIDs,
	"sqs: group ids are ASCII":                                       motoIDs,
	"sqs: group ids have at most 128 characters":                     motoIDs,
	"sqs: deduplication ids have no spaces":                          motoIDs,
	"sqs: deduplication ids have at most 128 characters":             motoIDs,
	"sqs: a duplicate is dropped and answered with the first id":     "the duplicate gets a new id",
	"sqs: deduplication survives a delete":                           "it forgets with the delete",
	"sqs: deduplication can be scoped to groups":                     "it knows one scope, the queue",
	"sqs: sequence numbers are told and grow":                        "they are random",
	"sns: raw delivery keeps binary attributes":                      "the queue cannot be received from any more",
	"sns: raw delivery discards more than ten attributes":            "it delivers them",
	"sns: a json structure drops attributes":                         "it delivers them",
	"sns: a deleted subscriber does not fail the publisher":          motoFanOut,
	"sns: a batch answers for every entry when a subscriber is gone": motoFanOut,
	"sns: a FIFO topic tells sequence numbers":                       "it tells none",
	"sns: an empty message is refused":                               motoText,
	"sns: size is counted in bytes":                                  "it counts characters",
	"sns: a topic can allow a mebibyte":                              "it ignores MaximumMessageSize",
	"sns: the size attribute is told only when it was set":           "it ignores MaximumMessageSize",
	"sns: an empty subject is refused":                               "it looks at the subject's length only",
	"sns: a subject has no line breaks":                              "it looks at the subject's length only",
	"sns: a json structure wants a default":                          "it wants JSON only",
	"sns: attribute values are not empty":                            "its code is InvalidParameter",
	"sns: reserved attribute prefixes are refused":                   motoNames,
	"sns: a FIFO topic wants a group id":                             "its code is MissingParameter",
	"sns: no entries are too few":                                    motoSNSBatch,
	"sns: entry ids have no dots":                                    motoSNSBatch,
	"sns: a batch above 256 KiB is too long":                         motoSNSBatch,
	"sns: a topic of another region is an invalid parameter":         "it answers NotFound",
	"sts: a session name has at least two characters":                "it takes any name",
}
