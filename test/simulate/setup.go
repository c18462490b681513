package simulate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// rebalanceTimeout is that of all configurations.
const rebalanceTimeout = 20 * time.Second

// Setup is what a configuration says, as far as scenarios change it. It knows by itself where a record
// has to go, and shares nothing with the router.
type Setup struct {
	Start        string        `json:"start"`           // earliest or latest
	Uncommitted  bool          `json:"uncommitted"`     // read_uncommitted
	Static       bool          `json:"static"`          // static membership
	Wait         bool          `json:"wait"`            // unreadable: wait
	Unmatched    string        `json:"unmatched"`       // drop, dead_letter or a destination
	Letters      string        `json:"letters"`         // the destination of dead letters; empty for a topic
	InFlight     int           `json:"in_flight"`       // records
	Bytes        int           `json:"in_flight_bytes"` //
	Session      time.Duration `json:"session"`
	Drain        time.Duration `json:"drain"`
	Commit       time.Duration `json:"commit"`
	Tombstones   string        `json:"tombstones"` // send or drop
	Topics       []string      `json:"topics"`
	Reads        Readings      `json:"reads"`
	Destinations []Destination `json:"destinations"`
	Rules        []Rule        `json:"rules"`
}

// Destination is one of a Setup.
type Destination struct {
	Name     string        `json:"name"`
	Place    string        `json:"place"` // a queue, or a topic: it begins with t
	Isolated bool          `json:"isolated"`
	Batched  bool          `json:"batched"`
	GiveUp   time.Duration `json:"give_up"`
	Wrong    bool          `json:"wrong"`    // its endpoint leads nowhere
	Most     int           `json:"most"`     // requests at once
	Role     bool          `json:"role"`     // it is sent to as an assumed role
	Envelope bool          `json:"envelope"` // envelope: json
}

// Rule is one of a Setup: records of topics, of kinds. The first that matches wins.
type Rule struct {
	Topics []string `json:"topics"`         // all where empty
	Kinds  []int    `json:"kinds"`          // any where empty
	When   string   `json:"when,omitempty"` // one of whens, in the place of kinds
	To     []string `json:"to"`             // drops where empty
}

func (d Destination) fifo() bool { return strings.HasSuffix(d.Place, ".fifo") }

func (d Destination) topic() bool { return strings.HasPrefix(d.Place, "t") }

// clone is deep.
func (s Setup) clone() Setup {
	s.Topics = slices.Clone(s.Topics)
	s.Destinations = slices.Clone(s.Destinations)
	s.Rules = slices.Clone(s.Rules)
	for i, r := range s.Rules {
		r.Topics, r.Kinds, r.To = slices.Clone(r.Topics), slices.Clone(r.Kinds), slices.Clone(r.To)
		s.Rules[i] = r
	}
	s.Reads = maps.Clone(s.Reads)
	return s
}

func (s *Setup) destination(name string) *Destination {
	for i := range s.Destinations {
		if s.Destinations[i].Name == name {
			return &s.Destinations[i]
		}
	}
	return nil
}

// where a configuration finds what it names.
type where struct {
	brokers  []string
	registry string
	endpoint string
	region   string
	account  string
	instance string // of a member
}

// yaml is the configuration; JSON is YAML.
func (s *Setup) yaml(w where) []byte {
	type object = map[string]any
	kafka := object{
		"brokers": w.brokers, "group": group, "start": s.Start,
		"session_timeout": s.Session.String(), "rebalance_timeout": rebalanceTimeout.String(),
	}
	if s.Uncommitted {
		kafka["isolation_level"] = "read_uncommitted"
	}
	if s.Static {
		kafka["instance_id"] = w.instance
	}
	if s.Wait {
		kafka["unreadable"] = "wait"
	}
	destinations := object{}
	for _, d := range s.Destinations {
		o := object{"isolated": d.Isolated}
		if d.topic() {
			o["sns"] = fmt.Sprintf("arn:aws:sns:%s:%s:%s", w.region, w.account, d.Place)
		} else {
			o["sqs"] = fmt.Sprintf("arn:aws:sqs:%s:%s:%s", w.region, w.account, d.Place)
		}
		if d.Batched && d.fifo() {
			o["ordering"] = "batched"
		}
		if d.GiveUp > 0 {
			o["retry"] = object{"give_up_after": d.GiveUp.String()}
		}
		if d.Wrong {
			o["endpoint"] = "http://" + nowhere
		}
		if d.Envelope {
			o["envelope"] = "json"
		}
		if d.Most > 0 {
			o["concurrency"] = d.Most
		}
		if d.Role {
			o["assume_role"] = object{"arn": fmt.Sprintf("arn:aws:iam::%s:role/%s", w.account, strings.TrimSuffix(d.Place, ".fifo"))}
		}
		destinations[d.Name] = o
	}
	var rules []object
	for _, r := range s.Rules {
		o := object{}
		if len(r.Topics) > 0 {
			o["topics"] = r.Topics
		}
		if len(r.Kinds) > 0 {
			o["match"] = object{"kind": r.Kinds}
		}
		if r.When != "" {
			o["when"] = whens[r.When].expression
		}
		if len(r.To) > 0 {
			o["to"] = r.To
		} else {
			o["drop"] = true
		}
		rules = append(rules, o)
	}
	topics := object{}
	for _, t := range s.Topics {
		topics[t] = s.Reads[t].object()
	}
	letters := object{"kafka": letterTopic}
	if s.Letters != "" {
		letters = object{"destination": s.Letters}
	}
	all := object{
		"kafka": kafka, "topics": topics, "destinations": destinations, "rules": rules, "unmatched": s.Unmatched, "tombstones": s.Tombstones, "dead_letter": letters,
		"aws":             object{"region": w.region, "endpoint": w.endpoint, "allow_http": true},
		"limits":          object{"in_flight": s.InFlight, "in_flight_bytes": s.Bytes},
		"commit_interval": s.Commit.String(), "drain_timeout": s.Drain.String(),
		"admin": object{"listen": ""},
	}
	if s.Reads.schemas() {
		all["schema_registry"] = object{"urls": []string{"http://" + w.registry}}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		panic(err) // strings and numbers only
	}
	return text
}
