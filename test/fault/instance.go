package fault

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-bridge/sluice/test/process"
)

// settings are what schedules change of the configuration.
type settings struct {
	session        time.Duration
	commitInterval time.Duration
	inFlight       int // records
	inFlightBytes  int
	readAhead      int                  // bytes
	bounded        bool                 // the memory of each instance is judged by the bound
	crowd          int                  // destinations beside the four
	side           bool                 // one more, for records of other kinds
	static         bool                 // membership
	costly         string               // a condition that takes long on some events, and holds for none
	tuning         [destinations]string // more settings of a destination
	names          [destinations]string // under which the configuration knows them
	start          string               // of a group that has no offset
	// destination and rule are one more of each, as lines; empty for none.
	destination, rule string
}

var defaults = settings{session: 6 * time.Second, commitInterval: 200 * time.Millisecond, inFlight: 500, inFlightBytes: 64 << 20, readAhead: 4 << 20,
	names: destinationNames, start: "earliest"}

// instance is one process of the bridge.
type instance struct {
	*process.Process
	w    *World
	name string
	told bool  // to end
	peak int64 // the most memory it had resident, in bytes; once it was told to end
}

// start runs one more instance.
func (w *World) start() (*instance, error) {
	w.made++
	return w.startAs(fmt.Sprintf("bridge-%d", w.made))
}

// startAs runs an instance under a name that had one before, perhaps.
func (w *World) startAs(name string) (*instance, error) {
	dir := filepath.Join(w.dir, fmt.Sprintf("%s-%x", name, time.Now().UnixNano()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	p, err := process.Start(w.binary, dir, w.config(name))
	if err != nil {
		return nil, err
	}
	i := &instance{Process: p, w: w, name: name}
	w.instances = append(w.instances, i)
	return i, nil
}

// config is the configuration of an instance.
func (w *World) config(name string) string {
	s := w.setting
	top, destination, rules := w.sideConfig()
	values := []string{
		"BROKER", w.kafka.Addr, "GROUP", w.group, "SESSION", s.session.String(), "START", s.start, "READ_AHEAD", fmt.Sprint(s.readAhead),
		"INSTANCE", "", "ENDPOINT", w.aws.URL, "TOPIC", w.topic,
		"IN_FLIGHT", fmt.Sprint(s.inFlight), "BYTES", fmt.Sprint(s.inFlightBytes), "COMMIT", s.commitInterval.String(),
		"@ALERTS", w.aws.Topic("alerts").ARN, "@AUDIT", w.aws.Topic("audit.fifo").ARN,
		"+DESTINATIONS\n", s.crowdDestinations() + destination + s.destination,
		"+COSTLY\n", "", "+RULE\n", s.rule, "+RULES\n", s.crowdRules(w.crowdTopic()) + rules, "+TOP\n", top,
	}
	if s.static {
		values = append([]string{"INSTANCE", ", instance_id: " + name}, values...)
	}
	if s.costly != "" {
		values = append([]string{"+COSTLY\n", fmt.Sprintf("  - {name: costly, topics: [%s], when: '%s', to: [%s]}\n", w.topic, s.costly, s.names[orders])}, values...)
	}
	for d, name := range destinationNames {
		values = append(values, "<"+name+">", s.names[d], "{"+name+"}", s.tuning[d])
	}
	return strings.NewReplacer(values...).Replace(`
kafka: {brokers: ["BROKER"], group: GROUP, session_timeout: SESSION, rebalance_timeout: 30s, start: START, read_ahead: READ_AHEADINSTANCE}
aws: {region: eu-west-1, endpoint: "ENDPOINT"}
destinations:
  <orders>: {sqs: orders, retry: &retry {initial: 10ms, max: 1s}{orders}}
  <payments>: {sqs: payments.fifo, retry: *retry{payments}}
  <alerts>: {sns: "@ALERTS", retry: *retry{alerts}}
  <audit>: {sns: "@AUDIT", retry: *retry{audit}}
+DESTINATIONS
rules:
+COSTLY
+RULE
  - {name: payments, topics: [TOPIC], match: {kind: [payment, poison]}, to: [<payments>]}
  - {name: orders, topics: [TOPIC], headers: {kind: [order]}, to: [<orders>]}
  - {name: alerts, topics: [TOPIC], when: 'value.kind == "alert"', to: [<alerts>]}
  - {name: audit, topics: [TOPIC], match: {kind: [audit]}, to: [<audit>]}
  - {name: all, topics: [TOPIC], match: {kind: [all]}, to: [<orders>, <payments>, <alerts>, <audit>]}
  - {name: noise, topics: [TOPIC], match: {kind: [noise]}, drop: true}
+RULES
unmatched: dead_letter
+TOP
limits: {in_flight: IN_FLIGHT, in_flight_bytes: BYTES}
commit_interval: COMMIT
admin: {listen: ADMIN}
`)
}

// consuming waits until the instance has read records of its own.
func (i *instance) consuming() error {
	series := fmt.Sprintf(`sluice_records_consumed_total{group=%q,topic=%q}`, i.w.group, i.w.topic)
	return i.w.until(i.name+" to read records", func() bool {
		v := i.Metric(series)
		return v != "" && v != "0"
	})
}

// kill ends it as a crash would.
func (i *instance) kill() {
	i.w.allowCrash()
	i.tell()
	i.Kill()
}

// stop ends it in good order.
func (i *instance) stop() error {
	i.tell()
	if err := i.Stop(patience); err != nil {
		return fmt.Errorf("%s: %w\n%s", i.name, err, i.Log.Tail(20))
	}
	return nil
}

// tell notes that its end is wanted, and what memory it has had.
func (i *instance) tell() {
	i.told = true
	i.remember()
}

// remember notes the most memory that it has had. One that has ended has told for the last time.
func (i *instance) remember() {
	if peak, err := peakResident(i.PID()); err == nil {
		i.peak = peak
	}
}

// freeze stops it for as long as the group needs to give its partitions to others, which have to be
// there.
func (i *instance) freeze() error {
	i.w.allowCrash()
	i.Signal(syscall.SIGSTOP)
	defer i.Signal(syscall.SIGCONT)
	return i.w.until("the group to lose "+i.name, func() bool { return i.w.members() < len(i.w.running()) })
}

// reload gives it the current settings, with more at the end of the file, and waits for the result.
func (i *instance) reload(result, more string) error {
	series := fmt.Sprintf(`sluice_config_reloads_total{result=%q}`, result)
	before := i.Metric(series)
	if err := i.Write(i.w.config(i.name) + more); err != nil {
		return err
	}
	i.Signal(syscall.SIGHUP)
	return i.w.until(i.name+" to reload: "+result, func() bool { v := i.Metric(series); return v != "" && v != before })
}

// running are the instances that have not ended.
func (w *World) running() (all []*instance) {
	for _, i := range w.instances {
		select {
		case <-i.Done():
		default:
			all = append(all, i)
		}
	}
	return all
}

// ended returns an error where an instance has ended that nobody told to.
func (w *World) ended() error {
	for _, i := range w.instances {
		select {
		case <-i.Done():
			if !i.told {
				return fmt.Errorf("%s has ended by itself: %w", i.name, i.Err())
			}
		default:
		}
	}
	return nil
}

// members is how many the broker counts.
func (w *World) members() int {
	groups, err := w.watch.admin.DescribeGroups(w.ctx, w.group)
	if err != nil || groups[w.group].Err != nil {
		return len(w.running())
	}
	return len(groups[w.group].Members)
}

// stable waits until the group has as many members as there are instances, and they are at rest.
func (w *World) stable() error {
	return w.until("the group to be stable", func() bool {
		groups, err := w.watch.admin.DescribeGroups(w.ctx, w.group)
		g := groups[w.group]
		return err == nil && g.State == "Stable" && len(g.Members) == len(w.running())
	})
}

// logs is what the instances printed.
func (w *World) logs() string {
	var b strings.Builder
	for _, i := range w.instances {
		fmt.Fprintf(&b, "--- %s\n%s\n", i.name, i.Log)
	}
	return b.String()
}
