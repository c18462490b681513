// Package forecast says what the bridge would do with a record under a configuration, by the code that the bridge
// runs. Nothing is sent. It serves the commands that explain, test and compare configurations.
//
//	forecaster.go  a configuration compiled, and records explained
//	schemas.go     the wait for schemas
//	forecast.go    what becomes of a record, in a form that compares
//	compare.go     what differs between two forecasts
//	diff.go        events under two configurations, counted
package forecast
