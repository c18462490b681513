// Package health keeps what is wrong now, and logs when it begins, lasts and ends.
package health
