// Package wiring makes the parts of a bridge from its configuration: connections, sinks, decoders, the log, what a
// destination is and how it is sent to. It starts nothing and makes no request, so that the daemon, the doctor
// and a forecast make the same of a file.
package wiring
