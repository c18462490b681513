package simulate

import (
	"errors"
	"fmt"
	"slices"
)

// errNothing is for a change that does not apply to what there is.
var errNothing = errors.New("nothing to change")

var changes = []string{"isolate", "share", "break", "correct", "rename", "remove", "limits", "move", "add", "letters", "static", "unmatched",
	"wait", "pass", "tombstones", "isolation", "envelope"}

func drawChange(r random, sc *Scenario, e *Event) {
	e.Name, e.Other, e.Count = pick(r, sc.Setup.Destinations).Name, pick(r, changes), pick(r, []int{20, 200, 20000})
}

// mutate returns a changed configuration. Name is a destination, Other the change.
func mutate(s Setup, e Event) (Setup, error) {
	s = s.clone()
	d := s.destination(e.Name)
	if d == nil {
		return s, errNothing
	}
	switch e.Other {
	case "isolate":
		if d.Name == s.Letters {
			return s, errNothing // it is refused: dead letters come from every group
		}
		d.Isolated = true
	case "share":
		d.Isolated = false
	case "break":
		d.Wrong = true
	case "correct":
		d.Wrong = false
	case "rename":
		renamed := d.Name + "x"
		for i := range s.Rules {
			for j := range s.Rules[i].To {
				if s.Rules[i].To[j] == d.Name {
					s.Rules[i].To[j] = renamed
				}
			}
		}
		if s.Unmatched == d.Name {
			s.Unmatched = renamed
		}
		if s.Letters == d.Name {
			s.Letters = renamed
		}
		d.Name = renamed
	case "remove":
		if s.Unmatched == d.Name || s.Letters == d.Name || len(s.Destinations) == 1 {
			return s, errNothing
		}
		for i := range s.Rules {
			s.Rules[i].To = slices.DeleteFunc(s.Rules[i].To, func(n string) bool { return n == d.Name })
		}
		name := d.Name
		s.Destinations = slices.DeleteFunc(s.Destinations, func(d Destination) bool { return d.Name == name })
	case "move":
		// The first rule that names it goes to another.
		for i := range s.Rules {
			if j := slices.Index(s.Rules[i].To, d.Name); j >= 0 {
				other := s.Destinations[e.Count%len(s.Destinations)].Name
				if slices.Contains(s.Rules[i].To, other) {
					return s, errNothing
				}
				s.Rules[i].To[j] = other
				return s, nil
			}
		}
		return s, errNothing
	case "add":
		// Another name for its place gets what it gets, too.
		other := *d
		other.Name += "y"
		s.Destinations = append(s.Destinations, other)
		for i := range s.Rules {
			if slices.Contains(s.Rules[i].To, d.Name) {
				s.Rules[i].To = append(s.Rules[i].To, other.Name)
			}
		}
	case "letters":
		s.Letters = pick(newRandom(uint64(e.Count), 0), []string{"", d.Name})
	case "static":
		s.Static = !s.Static
	case "unmatched":
		s.Unmatched = pick(newRandom(uint64(e.Count), 0), []string{"drop", "dead_letter", d.Name})
	case "letters to Kafka":
		s.Letters = ""
	case "wait":
		s.Wait = true
	case "pass":
		s.Wait = false
	case "tombstones":
		s.Tombstones = map[string]string{"send": "drop", "drop": "send"}[s.Tombstones]
	case "isolation":
		s.Uncommitted = !s.Uncommitted
	case "envelope":
		d.Envelope = !d.Envelope
	case "limits":
		s.InFlight = e.Count
	default:
		return s, fmt.Errorf("there is no change %q", e.Other)
	}
	return s, nil
}
