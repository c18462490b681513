package simulate

import (
	"slices"
	"strconv"
)

// gauge is a figure of a member.
type gauge struct {
	group, topic string
	partition    int32
	value        float64
}

// gauges returns a member's figures by their names.
func (m *member) gauges(names ...string) (map[string][]gauge, error) {
	families, err := m.daemon.Registry().Gather()
	if err != nil {
		return nil, err
	}
	all := map[string][]gauge{}
	for _, f := range families {
		if !slices.Contains(names, f.GetName()) {
			continue
		}
		for _, x := range f.GetMetric() {
			g := gauge{value: x.GetGauge().GetValue()}
			for _, l := range x.GetLabel() {
				switch l.GetName() {
				case "group":
					g.group = l.GetValue()
				case "topic":
					g.topic = l.GetValue()
				case "partition":
					n, _ := strconv.ParseInt(l.GetValue(), 10, 32)
					g.partition = int32(n)
				}
			}
			all[f.GetName()] = append(all[f.GetName()], g)
		}
	}
	return all, nil
}

const (
	spanGauge    = "sluice_uncommitted_records"
	lagGauge     = "sluice_kafka_lag_records"
	recordsGauge = "sluice_in_flight_records"
	bytesGauge   = "sluice_in_flight_bytes"
)

// owned are the partitions that a member reads now.
func (m *member) owned() (all []claim) {
	figures, err := m.gauges(spanGauge)
	if err != nil {
		panic(err) // the bridge's own metrics
	}
	for _, g := range figures[spanGauge] {
		all = append(all, claim{g.group, g.topic, g.partition})
	}
	return all
}
