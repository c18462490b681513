// Package bridgetest has what tests put around a lane: a sink that is scripted, health and dead letters that are kept.
package bridgetest
