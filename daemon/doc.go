// Package daemon makes a running bridge of a configuration: it is the only place, besides the
// command line, that knows both.
//
//	daemon.go     start, run, stop
//	reload.go     one configuration to the next, with records in flight
//	succession.go which lanes wait for which over a reload
//	group.go      a consumer group: source, pipeline, lanes
//	opening.go    where groups begin, before they are joined
//	withdraw.go   static members of groups that are given up
//	build.go      configuration to the parts of a group
//	board.go      what is wrong now: log, readiness
//	admin.go      metrics, health, readiness, profiles over HTTP
//	watch.go      a changed file
//	systemd.go    readiness and watchdog
//	outlet.go     lanes and dead letters without a group
//	connect.go    the checks of sluice validate --connect
package daemon
