package simulate

import (
	"fmt"
	"strings"
	"time"
)

// phrases tell what events are, by their kinds; those of reloads by their changes. What an event says stands
// in the place of braces, and what it says beside that comes behind.
var phrases = map[string]string{
	"join":  "an instance starts",
	"leave": "instance {member} is told to stop",
	"kill":  "instance {member} dies without a word",
	"stall": "instance {member} stands still{for}",
	"cut":   "all connections of instance {member} break",

	"reload isolate":          "a reload gives {name} a group of its own",
	"reload share":            "a reload gives {name} back to the shared group",
	"reload break":            "a reload gives {name} an endpoint where nobody listens",
	"reload correct":          "a reload corrects the endpoint of {name}",
	"reload rename":           "a reload renames {name} to {name}x",
	"reload remove":           "a reload removes {name}",
	"reload limits":           "a reload sets limits.in_flight to {count}",
	"reload move":             "a reload has the first rule for {name} send elsewhere",
	"reload add":              "a reload adds {name}y, with the address and the rules of {name}",
	"reload letters":          "a reload sends dead letters elsewhere",
	"reload letters to Kafka": "a reload sends dead letters to the topic",
	"reload static":           "a reload changes whether instances are static members",
	"reload unmatched":        "a reload sends elsewhere what no rule matches",
	"reload wait":             "a reload sets kafka.unreadable to wait",
	"reload pass":             "a reload sets kafka.unreadable to dead_letter",
	"reload tombstones":       "a reload changes what becomes of tombstones",
	"reload isolation":        "a reload changes kafka.isolation_level",
	"reload envelope":         "a reload changes the envelope of {name}",

	"stop amid a reload": "a reload changes {name}: {other}; {latency} later, instance {member} is told to stop",

	"fail":            "requests fail at {name}: {other}{for}",
	"fail entries":    "entries of requests fail at {name}: {other}{for}",
	"refuse":          "something before {name} refuses requests: {other}{for}",
	"fail group":      "message group {key} fails at {name}: {other}{for}",
	"slow":            "{name} answers late, by {latency}{for}",
	"remove queue":    "{name} is deleted{for}",
	"lower limit":     "{name} takes messages of {size} bytes only{for}",
	"skew":            "the clock of the services is off by {latency}{for}",
	"expire sessions": "sessions of assumed roles are refused",
	"fail role":       "STS fails: {other}{for}",
	"cut services":    "all connections to the services break",
	"unreachable":     "the services cannot be connected to: {other}{for}",
	"silent":          "the services answer nothing{for}",
	"registry":        "the schema registry fails: {other}{for}",

	"move leader":         "partition {partition} of {name} gets another leader",
	"shuffle leaders":     "all partitions get other leaders",
	"rehash coordinators": "groups get other coordinators",
	"remove broker":       "broker {broker} leaves the cluster{for}",
	"slow coordinator":    "coordinators answer late, by {count} ms{for}",
	"throttle":            "brokers throttle by {count} ms{for}",
	"silent broker":       "nothing gets from or to broker {broker}{for}",
	"resetting broker":    "broker {broker} breaks connections{for}",
	"slow broker":         "broker {broker} answers late, by {count} ms{for}",
	"make topic again":    "{name} is deleted, and made again{for}",
	"add partitions":      "{name} gets {count} partitions more",
	"expire records":      "retention deletes {count} % of partition {partition} of {name}",
	"cut log":             "an unclean election cuts off {count} % of partition {partition} of {name}",
	"withdraw topic":      "the rights on {name} are withdrawn{for}",
	"withdraw group":      "the rights on the group of {name} are withdrawn{for}",
	"redrive":             "dead letters are redriven by the command, beside the instances{for}",
	"redrive by rules":    "dead letters are redriven by the current rules, beside the instances{for}",
	"replay":              "{name} is replayed by the command, beside the instances{for}",
}

// phrase is that of an event's kind.
func (e Event) phrase() (string, bool) {
	if e.Do == "reload" {
		p, ok := phrases["reload "+e.Other]
		return p, ok
	}
	if what, is := strings.CutPrefix(e.Do, "refuse "); is {
		return "brokers refuse " + what + " with {other}: {name}{for}", true
	}
	p, ok := phrases[e.Do]
	return p, ok
}

// words tells an event.
func (e Event) words() string {
	phrase, ok := e.phrase()
	if !ok {
		return "  " + e.String()
	}
	lasts, name := "", e.Name
	if e.For > 0 {
		lasts = " for " + e.For.String()
	}
	if name == "" {
		name = "all"
	}
	text := fmt.Sprintf("%10s  %s", e.At.Round(time.Millisecond), strings.NewReplacer(
		"{member}", fmt.Sprint(e.Member), "{broker}", fmt.Sprint(e.Broker), "{partition}", fmt.Sprint(e.Partition),
		"{name}", name, "{other}", e.Other, "{for}", lasts, "{count}", fmt.Sprint(e.Count),
		"{key}", e.Key, "{size}", fmt.Sprint(e.Size), "{latency}", e.Latency.String(),
	).Replace(phrase))
	more := func(field, format string, is bool, value any) {
		if is && !strings.Contains(phrase, field) {
			text += fmt.Sprintf(format, value)
		}
	}
	more("{chance}", ", %.0f in 100", e.Chance > 0, 100*e.Chance)
	more("{every}", ", of one record in %d", e.Every > 0, e.Every)
	more("{key}", ", of message group %s", e.Key != "", e.Key)
	more("{size}", ", above %d bytes", e.Size > 0, e.Size)
	more("{count}", ", %d times", e.Count > 0 && !strings.Contains(e.Do, "reload"), e.Count)
	return text
}
