// Package routetest runs tests of rules: files of events with what is to become of them. It reads the files, asks a
// forecast, and reports. It may use what forecasts are made of, and is used by commands.
//
//	suite.go    a file and its configuration
//	reader.go   its YAML; event.go, value.go, schema.go: the events
//	expect.go   what is expected; message.go: of messages
//	run.go      the results; text.go and junit.go: written
package routetest
