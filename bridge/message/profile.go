package message

import "fmt"

// Profile is what a kind of destination takes of a message, and makes of it.
type Profile struct {
	// Kind is what the configuration calls it, and Service what its users do.
	Kind, Service string
	// Bytes is the most that a message may have where the destination has no limit of its own, and MostBytes the most
	// that any can be set to; both as Message.Size counts. Raise is what to set.
	Bytes, MostBytes int
	Raise            string
	// Attributes is how many a message may carry.
	Attributes int
	// Filtered says that subscriptions are filtered by attributes, and miss a message with a value that is no JSON string
	// as it stands.
	Filtered bool
	// Traced says that a message has a place for the header of X-Ray.
	Traced bool
	// Swelling is how many times its size a message takes in a request, about.
	Swelling int
}

// TooLarge says in a sentence why a message of so many bytes is not sent; empty where it may be.
func (p *Profile) TooLarge(size int) string {
	switch {
	case size <= p.Bytes:
		return ""
	case size > p.MostBytes && p.MostBytes > p.Bytes:
		return fmt.Sprintf("%d bytes with attributes; %s takes %d, and %d at the most", size, p.Service, p.Bytes, p.MostBytes)
	case p.Raise != "":
		return fmt.Sprintf("%d bytes with attributes; %s takes %d, unless %s is raised", size, p.Service, p.Bytes, p.Raise)
	default:
		return fmt.Sprintf("%d bytes with attributes; %s takes %d", size, p.Service, p.Bytes)
	}
}
