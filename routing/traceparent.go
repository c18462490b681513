package routing

// Traceparent is a W3C Trace Context header, its parts as written.
type Traceparent struct {
	Version, TraceID, SpanID, Flags string
}

// ParseTraceparent reads version-traceid-spanid-flags as W3C Trace Context defines it: lower-case
// hexadecimal, no id all zero, version ff not allowed, and more fields only after a version that
// is not 00.
func ParseTraceparent(s string) (Traceparent, bool) {
	const length = 2 + 1 + 32 + 1 + 16 + 1 + 2
	if len(s) < length || s[2] != '-' || s[35] != '-' || s[52] != '-' {
		return Traceparent{}, false
	}
	t := Traceparent{Version: s[:2], TraceID: s[3:35], SpanID: s[36:52], Flags: s[53:55]}
	switch {
	case !lowerHex(t.Version) || !lowerHex(t.TraceID) || !lowerHex(t.SpanID) || !lowerHex(t.Flags),
		t.Version == "ff",
		allZero(t.TraceID) || allZero(t.SpanID),
		len(s) > length && (t.Version == "00" || s[length] != '-'):
		return Traceparent{}, false
	}
	return t, true
}

func lowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func allZero(s string) bool {
	for i := range len(s) {
		if s[i] != '0' {
			return false
		}
	}
	return true
}
