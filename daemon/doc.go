// Package daemon makes a running bridge of a configuration: it is the only place, besides the
// command line, that knows both.
//
//	daemon.go   start, run, stop
//	reload.go   one configuration to the next, with records in flight
//	group.go    a consumer group: source, pipeline, lanes
//	build.go    configuration to the parts of a group
//	board.go    what is wrong now: log, readiness
//	admin.go    metrics, health, readiness, profiles over HTTP
//	watch.go    a changed file
//	systemd.go  readiness and watchdog
package daemon
