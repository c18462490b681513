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
	id := ""
	if s.static {
		id = ", instance_id: " + name
	}
	top, destination, rules := w.sideConfig()
	costly := ""
	if s.costly != "" {
		costly = fmt.Sprintf("\n  - {name: costly, topics: [%s], when: '%s', to: [%s]}", w.topic, s.costly, s.names[orders])
	}
	return fmt.Sprintf(`
kafka: {brokers: [%q], group: %s, session_timeout: %v, rebalance_timeout: 30s, start: %[23]s, read_ahead: %[16]d%[4]s}
aws: {region: eu-west-1, endpoint: %[5]q}
destinations:
  %[19]s: {sqs: orders, retry: &retry {initial: 10ms, max: 1s}%[6]s}
  %[20]s: {sqs: payments.fifo, retry: *retry%[7]s}
  %[21]s: {sns: %[8]q, retry: *retry%[9]s}
  %[22]s: {sns: %[10]q, retry: *retry%[11]s}
%[17]s%[25]srules:%[27]s
  - {name: payments, topics: [%[12]s], match: {kind: [payment, poison]}, to: [%[20]s]}
  - {name: orders, topics: [%[12]s], headers: {kind: [order]}, to: [%[19]s]}
  - {name: alerts, topics: [%[12]s], when: 'value.kind == "alert"', to: [%[21]s]}
  - {name: audit, topics: [%[12]s], match: {kind: [audit]}, to: [%[22]s]}
  - {name: all, topics: [%[12]s], match: {kind: [all]}, to: [%[19]s, %[20]s, %[21]s, %[22]s]}
  - {name: noise, topics: [%[12]s], match: {kind: [noise]}, drop: true}
%[18]s%[26]sunmatched: dead_letter
%[24]slimits: {in_flight: %[13]d, in_flight_bytes: %[15]d}
commit_interval: %[14]v
admin: {listen: ADMIN}
`, w.kafka.Addr, w.group, s.session, id, w.aws.URL,
		s.tuning[orders], s.tuning[payments], w.aws.Topic("alerts").ARN, s.tuning[alerts], w.aws.Topic("audit.fifo").ARN,
		s.tuning[audit], w.topic, s.inFlight, s.commitInterval, s.inFlightBytes, s.readAhead, s.crowdDestinations(), s.crowdRules(w.crowdTopic()),
		s.names[orders], s.names[payments], s.names[alerts], s.names[audit], s.start, top, destination, rules, costly)
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

// reload gives it the settings of now, with more at the end of the file, and waits for the result.
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
