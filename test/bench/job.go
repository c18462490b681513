package main

import (
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// data is what a topic holds. Topics with the same data are filled once.
type data struct {
	records     int
	bytes       int // of a value
	partitions  int
	keys        int // distinct keys, which are the message groups of a FIFO queue
	compression string
}

// base is the topic of most scenarios.
func base(records int) data {
	return data{records: records, bytes: 512, partitions: 8, keys: 1000, compression: "none"}
}

// scenario is one set of circumstances under which contestants are measured.
type scenario struct {
	name         string // unique, no spaces
	part         string // what -only names
	title        string
	data         data
	service      string // sqs or sns
	latency      time.Duration
	fault        *fake.Fault
	tls          bool
	rules        int
	destinations int
	instances    int    // processes of the contestant
	ordering     string // of a FIFO queue: strict or batched
	linger       string // of the bridge; its default when empty
	crash        bool   // it is killed half way and started again
	axis         string // what grows over the scenarios of this part; empty for nothing
	at           int    // place on the axis
	contestants  []string
}

// job is one run of one contestant.
type job struct {
	scenario
	broker, topic, group string
	endpoint             string
	targets              []string // URLs of queues or ARNs of topics
	dir                  string   // for configuration files
	ca                   string   // file with the endpoint's certificate, or empty
	admin                string   // host:port for the bridge's metrics and profiles
}

// region is the one that all requests are signed for.
const region = "eu-west-1"
