// Package admin serves metrics, health, readiness and profiles over HTTP. It knows of the bridge what [Bridge]
// says.
package admin
