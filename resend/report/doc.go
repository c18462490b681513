// Package report writes what a replay or a redrive would do, and what has come of it: for people and as JSON.
package report
