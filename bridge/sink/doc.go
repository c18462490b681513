// Package sink is the contract between delivery and a kind of destination: open, send a batch, say of each entry what
// came of it.
package sink
