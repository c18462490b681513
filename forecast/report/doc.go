// Package report writes forecasts and what differs between them: for people, and as lines of JSON.
package report
