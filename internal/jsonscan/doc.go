// Package jsonscan walks JSON text by index, without building values and without allocating. It imports nothing of
// ours.
//
//   - grammar.go validates while it steps over things: reading a document and knowing that it is JSON are one pass.
//   - each.go does so for the members of an object and the elements of an array, one by one.
//   - scan.go looks for the ends of things in a document that is known to be valid.
//   - text.go reads the texts of strings.
package jsonscan
