// Package number knows what numbers of expressions mean: CEL has ints of 64 bits and doubles, and JSON has numbers of
// any length, of which each is what is written. Hence equality and order are here as well, of lists and mappings too.
package number
