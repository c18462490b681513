package config

import (
	"maps"
	"slices"
	"strconv"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
	"github.com/sluice-bridge/sluice/quota"
	"github.com/sluice-bridge/sluice/routing"
)

// ownSlots are how many attributes of a message the bridge fills itself.
const ownSlots = 6

// AttributeType is the data type of a message attribute.
type AttributeType string

// OneOf implements [yamlconf.Choice].
func (AttributeType) OneOf() (noun string, values []string) {
	return "the type of an attribute", []string{attribute.String, attribute.Number, attribute.Array}
}

// checkAttributeTypes refuses types of attributes that a destination never gets.
func (c *checker) checkAttributeTypes() {
	for _, name := range c.DestinationNames() {
		d, path := c.Destinations[name], "destinations."+name+".attribute_types"
		attributes := slices.Collect(maps.Keys(d.Attributes))
		for i := range c.Rules {
			if slices.Contains(c.Rules[i].To, name) {
				attributes = append(attributes, slices.Collect(maps.Keys(c.Rules[i].Attributes))...)
			}
		}
		for _, typed := range slices.Sorted(maps.Keys(d.AttributeTypes)) {
			if attribute.Reserved(typed) {
				c.Addf(yamldoc.Join(path, typed), "the attribute is the bridge's own, and a String; give one of another name what it holds, as in attributes: {sent_at: int(timestamp)}, and type that")
				continue
			}
			if misnamed(c, yamldoc.Join(path, typed), typed) {
				continue
			}
			if slices.Contains(attributes, typed) || c.UnreadWithin("rules") {
				continue
			}
			if near := suggest.Nearest(typed, attributes); near != "" {
				c.Addf(yamldoc.Join(path, typed), "no attribute of this name is sent there; did you mean %q?", near)
			} else {
				c.Addf(yamldoc.Join(path, typed), "no attribute of this name is sent there; add it to the attributes of the destination, or of a rule that sends to it")
			}
		}
	}
}

// checkAttributeValues refuses expressions that give no event what the type of their attribute takes, or whose
// constants are none: each record would become a dead letter.
func (c *checker) checkAttributeValues() {
	for _, name := range c.DestinationNames() {
		d := c.Destinations[name]
		c.checkTyped("destinations."+name+".attributes", d, d.Attributes)
		for i := range c.Rules {
			if slices.Contains(c.Rules[i].To, name) {
				c.checkTyped(yamldoc.Index("rules", i)+".attributes", d, c.Rules[i].Attributes)
			}
		}
	}
}

func (c *checker) checkTyped(path string, d Destination, attributes map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		var otherwise func(*routing.Expression) string
		var fits func(text string) bool
		var remedy string
		switch d.AttributeTypes[name] {
		case attribute.Number:
			otherwise, fits, remedy = (*routing.Expression).NoNumber, attribute.IsNumber, "a number of up to 38 digits"
		case attribute.Array:
			otherwise, fits, remedy = (*routing.Expression).NoArray, attribute.IsArray, "a list of texts, numbers, true, false and null"
		default:
			continue
		}
		e := c.attributes[path+"."+name]
		if e == nil {
			continue // it does not compile, which is told of
		}
		given := otherwise(e)
		for _, text := range e.Constants() {
			if given == "" && text != "" && !fits(text) { // the empty text is none
				given = strconv.Quote(excerpt.Of(text))
			}
		}
		if given != "" {
			c.Addf(yamldoc.Join(path, name), "the expression gives %s, and destination %s has the type %s for it; give %s, or remove attribute_types.%s",
				given, d.Name, string(d.AttributeTypes[name]), remedy, name)
		}
	}
}

func checkAttributeNames(c *checker, path string, attributes map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		at := yamldoc.Join(path, name)
		switch {
		case attribute.Reserved(name):
			c.Addf(at, "the name %s is taken by the bridge; choose another", name)
		default:
			misnamed(c, at, name)
		}
	}
}

// misnamed reports names that AWS gives no attribute.
func misnamed(c *checker, at, name string) bool {
	switch {
	case attribute.OfAWS(name):
		c.Addf(at, "AWS keeps names that begin with AWS. or Amazon. to itself; choose another")
	case !attribute.IsName(name):
		c.Addf(at, "%q cannot name an attribute; write up to 255 letters, digits, dashes, underscores and single dots in between", name)
	default:
		return false
	}
	return true
}

// ownSlots is how many attributes the bridge may need to fill beside those that a message can do without.
// The mark of a replay takes the slot of the time, so that one stays.
func (d *Destination) ownSlots() int {
	n := ownSlots
	for _, own := range []OwnAttribute{CorrelationID, KafkaTopic, KafkaPosition} {
		if slices.Contains(d.OmitAttributes, own) {
			n--
		}
	}
	return n
}

// checkAttributeBudget refuses attributes that can never fit into a message beside the bridge's
// own. A message takes those of its destination and those of one rule.
func (c *checker) checkAttributeBudget() {
	for _, name := range c.DestinationNames() {
		d := c.Destinations[name]
		own, filled := d.Attributes, d.ownSlots()
		if len(own) > quota.Attributes-filled {
			c.Addf("destinations."+name+".attributes", "these are %d attributes (%s), and a message has %d slots of which the bridge fills %d; keep %d",
				len(own), excerpt.Listing(slices.Sorted(maps.Keys(own)), "and"), quota.Attributes, filled, quota.Attributes-filled)
			continue
		}
		for i := range c.Rules {
			rule := &c.Rules[i]
			if len(rule.Attributes) == 0 || !slices.Contains(rule.To, name) {
				continue
			}
			all := maps.Clone(rule.Attributes)
			maps.Copy(all, own)
			if len(all) > quota.Attributes-filled {
				c.Addf(yamldoc.Index("rules", i)+".attributes", "with those of destination %s these are %d attributes (%s), and a message has %d slots of which the bridge fills %d; keep %d",
					name, len(all), excerpt.Listing(slices.Sorted(maps.Keys(all)), "and"), quota.Attributes, filled, quota.Attributes-filled)
			}
		}
	}
}

// checkFilterable warns of attributes for SNS that are JSON: with quotes in it they are folded, because SNS
// filters no message that has one.
func (c *checker) checkFilterable() {
	for _, name := range c.DestinationNames() {
		d := c.Destinations[name]
		if d.SNS == "" {
			continue
		}
		c.warnJSON("destinations."+name+".attributes", name, d.Attributes)
		for i := range c.Rules {
			if slices.Contains(c.Rules[i].To, name) {
				c.warnJSON(yamldoc.Index("rules", i)+".attributes", name, c.Rules[i].Attributes)
			}
		}
	}
}

func (c *checker) warnJSON(path, destination string, attributes map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		e := c.attributes[path+"."+name]
		typed := !slices.Contains([]AttributeType{"", attribute.String}, c.Destinations[destination].AttributeTypes[name])
		if e != nil && e.GivesJSON() && !typed {
			c.Warnf(yamldoc.Join(path, name), "the expression gives a list or mapping; JSON with quotes goes into kafka_headers_base64, by which subscriptions of the SNS topic of %s cannot filter; give a text, as in value.tags.join(\",\"), or set attribute_types.%s to String.Array", destination, name)
		}
	}
}
