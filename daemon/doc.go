// Package daemon runs the bridge that a configuration says, and changes it while it runs.
//
//	daemon.go     start, run, stop
//	reload.go     one configuration to the next, with records in flight
//	succession.go which lanes wait for which over a reload
//	moved.go      the rules by whose change records move between groups; meeting.go, until when replaced ones decide
//	group.go      a consumer group: source, pipeline, lanes
//	opening.go    where groups begin, before they are joined
//	withdraw.go   static members of groups that are given up
//	plan.go       a configuration compiled, and what a group is made of
//	status.go     what is wrong now
//	progress.go   whether the loops turn
//	collect.go    metrics of the groups that run now
//	watch.go      a changed file
//	systemd.go    readiness and watchdog
//	memory.go     what the process may take
//	warnings.go   what is strange about a configuration
package daemon
