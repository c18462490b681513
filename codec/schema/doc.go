// Package schema is what the registry, the compiler and the decoders say to each other: the text of a schema
// with all that it refers to, and what is made of it. Schemas share parts, which count once.
package schema
