package main

import (
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// latencies are those of the endpoint, in ms, under which all contestants are compared.
var latencies = []int{0, 5, 20}

// scenarios are all there are; records is the number for the base load.
func scenarios(records int) []scenario {
	load := func(part, name, title string, change func(*scenario)) scenario {
		s := scenario{part: part, name: name, title: title, data: base(records), service: "sqs", rules: 10, destinations: 1, instances: 1,
			contestants: []string{"sluice"}}
		change(&s)
		return s
	}
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	var all []scenario
	for _, l := range latencies {
		all = append(all, load("sqs", fmt.Sprintf("sqs-%dms", l), fmt.Sprintf("SQS, %d ms", l), func(s *scenario) {
			s.latency, s.contestants = ms(l), []string{"sluice", "raw", "sdk", "connect", "camel"}
		}))
	}
	for _, l := range latencies {
		all = append(all, load("sns", fmt.Sprintf("sns-%dms", l), fmt.Sprintf("SNS, %d ms", l), func(s *scenario) {
			s.service, s.latency, s.contestants = "sns", ms(l), []string{"sluice", "raw", "sdk", "connect"}
		}))
	}
	for _, f := range []struct {
		name, title string
		fault       *fake.Fault
	}{
		{"none", "nothing fails", nil},
		{"entries", "1 % of entries fail", &fake.Fault{Effect: fake.FailEntry("InternalError", false), EntryProbability: 0.01, Seed: 1}},
		{"requests", "1 % of requests fail", &fake.Fault{Effect: fake.InternalError(), Probability: 0.01, Seed: 1}},
	} {
		all = append(all, load("faults", "faults-"+f.name, f.title, func(s *scenario) {
			s.latency, s.fault, s.contestants = ms(5), f.fault, []string{"sluice", "connect"}
		}))
	}
	all = append(all,
		load("rules", "rules-10", "ten rules", func(s *scenario) {}),
		load("rules", "rules-1000", "1,000 rules", func(s *scenario) { s.rules = 1000 }),
		load("tls", "tls", "SQS over TLS, 5 ms", func(s *scenario) {
			s.tls, s.latency, s.contestants = true, ms(5), []string{"sluice", "raw", "sdk"}
		}))
	all = append(all, load("crash", "crash", "SIGKILL half way, 3 ms", func(s *scenario) {
		s.crash, s.latency = true, ms(3)
	}))
	for _, n := range []int{1, 10, 100} {
		all = append(all, load("destinations", fmt.Sprintf("destinations-%d", n), plural(n, "destination"), func(s *scenario) {
			s.rules, s.destinations = 100, n
			s.axis, s.at = "destinations", n
		}))
	}
	for _, n := range []int{1, 2, 4, 8} {
		all = append(all, load("partitions", fmt.Sprintf("partitions-%d", n), plural(n, "partition")+", 5 ms", func(s *scenario) {
			s.data.partitions, s.latency = n, ms(5)
			s.axis, s.at = "partitions", n
			s.contestants = []string{"sluice", "raw"}
		}))
	}
	for _, n := range []int{128, 512, 2048, 8192, 65536} {
		all = append(all, load("sizes", fmt.Sprintf("sizes-%d", n), fmt.Sprintf("records of %d B", n), func(s *scenario) {
			s.data.bytes, s.data.records = n, min(records, records*2048/n)
			s.axis, s.at = "bytes a record", n
			s.contestants = []string{"sluice", "raw"}
		}))
	}
	for _, n := range []int{1, 2} {
		all = append(all, load("instances", fmt.Sprintf("instances-%d", n), plural(n, "instance")+", 20 ms", func(s *scenario) {
			s.instances, s.latency = n, ms(20)
			s.axis, s.at = "instances", n
		}))
	}
	for _, c := range []string{"none", "snappy", "zstd"} {
		all = append(all, load("compression", "compression-"+c, "compression "+c, func(s *scenario) { s.data.compression = c }))
	}
	for _, groups := range []int{1, 10, 1000} {
		for _, ordering := range []string{"strict", "batched"} {
			all = append(all, load("fifo", fmt.Sprintf("fifo-%d-%s", groups, ordering), fmt.Sprintf("FIFO, %s, %s", plural(groups, "group"), ordering), func(s *scenario) {
				s.latency, s.ordering, s.data.keys = ms(5), ordering, groups
				s.data.records = min(records, fifoRecords(groups, ordering))
			}))
		}
	}
	return all
}

// fifoRecords keeps a run short where a group allows one message, or one batch, a round trip.
func fifoRecords(groups int, ordering string) int {
	n := 1000 * groups
	if ordering == "batched" {
		n *= 10
	}
	return n
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
