// Package unpack bounds the memory that batches of records take as they are unpacked, whatever a producer has packed.
//
//	unpack.go      decompressors with a bound; zstd.go, with one that does not count the window
//	weigh.go       what the client makes of a batch, before it does
//	read_ahead.go  the client's decompressor: what it may hold ahead of what is polled, and what is asked of brokers
package unpack
