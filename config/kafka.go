package config

import (
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/config/yamldoc"
)

// Kafka is the cluster to read from, and how.
type Kafka struct {
	Brokers          []string          `key:"brokers" like:"localhost:9092" doc:"The brokers to ask first, as host:port."`
	Group            string            `key:"group" doc:"The consumer group; all instances with one group share the work."`
	Start            Start             `key:"start" default:"earliest" doc:"Where a group with no offset at all begins: earliest, latest, a time in RFC 3339, or a duration ago such as 24h. A topic or partition that is new to a group with offsets is read from its first record."`
	ClientID         string            `key:"client_id" default:"sluice" doc:"The name that brokers log and apply quotas to."`
	InstanceID       string            `key:"instance_id" doc:"Static membership: an id that is unique in the group and outlives restarts."`
	IsolationLevel   IsolationLevel    `key:"isolation_level" default:"read_committed" doc:"read_uncommitted reads the records of open and aborted transactions too."`
	Rack             string            `key:"rack" doc:"Where this instance is, as broker.rack names it: records are fetched from a replica there, if there is one and the brokers have a rack-aware replica selector."`
	SessionTimeout   yamlconf.Duration `key:"session_timeout" default:"45s" range:"1s..30m" doc:"How long the group waits for a heartbeat of this instance before it gives its partitions to others."`
	RebalanceTimeout yamlconf.Duration `key:"rebalance_timeout" default:"1m" range:"1s..1h" doc:"How long the group waits for this instance to hand over partitions in a rebalance."`
	ReadAhead        yamlconf.Size     `key:"read_ahead" default:"4MiB" range:"256KiB..1GiB" doc:"About how many bytes are fetched ahead, decompressed, from all brokers together. More helps if brokers are far away."`
	Unreadable       Unreadable        `key:"unreadable" default:"dead_letter" doc:"What happens to a batch of records that is damaged, or unpacks to more than half of limits.in_flight_bytes and 32 MiB: a dead letter names it and the partition goes on (dead_letter), or the partition waits (wait)."`
	TLS              TLS               `key:"tls" doc:"Encryption; on if any key is set."`
	SASL             SASL              `key:"sasl" doc:"Authentication; none if left out."`
}

// IsolationLevel says whether records of unfinished and aborted transactions are read.
type IsolationLevel string

// The isolation levels.
const (
	ReadCommitted   IsolationLevel = "read_committed"
	ReadUncommitted IsolationLevel = "read_uncommitted"
)

// OneOf implements [yamlconf.Choice].
func (IsolationLevel) OneOf() (noun string, values []string) {
	return "an isolation level", []string{"read_committed", "read_uncommitted"}
}

// Unreadable says what becomes of a batch that cannot be read.
type Unreadable string

// What becomes of such a batch.
const (
	DeadLetterUnreadable Unreadable = "dead_letter"
	WaitForUnreadable    Unreadable = "wait"
)

// OneOf implements [yamlconf.Choice].
func (Unreadable) OneOf() (noun string, values []string) {
	return "what becomes of a batch that cannot be read", []string{"dead_letter", "wait"}
}

func (k *Kafka) check(c *checker) {
	if len(k.Brokers) == 0 {
		c.Addf("kafka.brokers", "no broker is named; write brokers: [localhost:9092]")
	}
	for i, b := range k.Brokers {
		checkBroker(c, yamldoc.Index("kafka.brokers", i), b)
	}
	if k.Group == "" {
		c.Addf("kafka.group", "no consumer group is named; write a name that the instances of this bridge share")
	}
	k.checkGroup(c)
	k.TLS.check(c, "kafka.tls")
	k.SASL.check(c)
}

// checkGroup checks what the instance tells its group.
func (k *Kafka) checkGroup(c *checker) {
	k.Start.check(c, "kafka.start")
	// By a heartbeat an instance learns of a rebalance, and it has half of the timeout to drain in. One
	// that is late loses its partitions and joins anew, which is the next rebalance.
	least := 2 * min(k.SessionTimeout/3, longestHeartbeat)
	if k.RebalanceTimeout < least && !c.IsUnread("kafka.rebalance_timeout") && !c.IsUnread("kafka.session_timeout") {
		c.Addf("kafka.rebalance_timeout", "%v is too short with a session_timeout of %v: the instance would learn of a rebalance too late to take part; write %v or more", k.RebalanceTimeout, k.SessionTimeout, least)
	}
}

// longestHeartbeat is the most time between two signs of life; below it is a third of the session timeout.
const longestHeartbeat = yamlconf.Duration(3 * time.Second)

func checkBroker(c *checker, path, broker string) {
	host, port, err := net.SplitHostPort(broker)
	if err != nil || host == "" {
		if err != nil && host == "" && net.ParseIP(broker) == nil && isHostName(broker) {
			c.Addf(path, "%q has no port; write %s:9092", broker, broker)
			return
		}
		c.Addf(path, "%q is not a broker; write host:port", broker)
		return
	}
	if _, err := netip.ParseAddr(host); err != nil && !isHostName(host) {
		c.Addf(path, "%q has a host that cannot be one; write letters, digits, dots and dashes before the colon, or an address like 10.0.0.1 or [::1]", broker)
		return
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		c.Addf(path, "%q has no usable port; write a number from 1 to 65535 after the colon", broker)
	}
}

func isHostName(s string) bool {
	for _, c := range []byte(s) {
		if !isLetterOrDigit(c) && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return s != ""
}

func isLetterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
