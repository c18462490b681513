// Package single reads one batch by itself that the client cannot read, with the memory that is free: one that unpacks to
// more than others leave room for, or is damaged, or of which the client says nothing.
//
//	batch.go   what is to be read, and what was found
//	reader.go  reading it, again and again where that may help
package single
