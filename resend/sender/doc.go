// Package sender sends to the destinations of a configuration as the bridge does, with the same lanes, retries and
// dead letters, and belongs to no consumer group: it is for what is sent again on purpose.
//
// It may import wiring and what that puts together; it knows neither the daemon nor where records come from.
package sender
