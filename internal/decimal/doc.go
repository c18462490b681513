// Package decimal knows what numbers in JSON text mean: which of them a double holds as they are written, and which
// of two is greater, however many digits they have. It allocates nothing and imports nothing of ours.
package decimal
