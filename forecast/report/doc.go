// Package report goes through events, and writes what is forecast of them and what differs between two configurations:
// for people, and as lines of JSON.
package report
