// Package report writes what is known of a configuration: what it does, what is wrong with it, and what the doctor has
// found; for people and as JSON.
package report
