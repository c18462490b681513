package protobuf

// What a compiled schema takes in memory, in bytes, for each of what it is made of, beside the names
// (TestWeightCoversMemoryOfSchema).
const (
	weightFile      = 2 << 10
	weightImport    = 64
	weightSeen      = 64 // of a file or a message that the schema's text can see
	weightMessage   = 1400
	weightField     = 1000
	weightOneof     = 256
	weightShared    = 300  // of a message or field of the library's own
	weightEnum      = 1400 // with the one value that the library has
	weightEnumValue = 120
)
