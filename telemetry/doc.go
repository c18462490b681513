// Package telemetry has the metrics of the bridge, and whom it tells of what is wrong.
package telemetry
