// Package progress says how far destinations are done in a partition where the offset that a group has committed does not
// say it, and writes that into the metadata of the commit.
//
//	progress.go  how far destinations are done
//	metadata.go  what a commit carries; its format has a version
//	resource.go  whether destinations of different names lead to the same queue or topic
//
// It is pure, and imports nothing of ours.
package progress
