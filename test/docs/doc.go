// Package docs holds the tests of what the documents say: samples load, commands and flags exist,
// paths and links lead somewhere, the lists of keys, metrics, reasons and dependencies are those of
// the code, and comments name what there is.
package docs
