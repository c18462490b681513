// Package jsontext writes JSON: what all decoders share. It bounds how deep and how large a document
// may be, and says where in a value something is wrong.
package jsontext
