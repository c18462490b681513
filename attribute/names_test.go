package attribute

import (
	"strings"
	"testing"
)

// What a name becomes is one that AWS takes, and one that it takes stays as it is.
func TestRenameGivesNamesThatAWSTakes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"tenant": "tenant", "x-a.b_C9": "x-a.b_C9", "tier ": "tier_", "a b": "a_b", ".a": "_a", "a.": "a_", "a..b": "a._b", "ä": "_", "...": "_._",
	} {
		if got := Rename(name); got != want || !IsName(got) || IsName(name) != (got == name) {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	if IsName(strings.Repeat("a", MaxName+1)) || !IsName(strings.Repeat("a", MaxName)) || IsName("") {
		t.Error("the length of a name does not count")
	}
}

func TestNamesOfAWSAndTheBridgeAreReserved(t *testing.T) {
	t.Parallel()
	for _, name := range append([]string{"S3Key", "s3key", "KAFKA_topic"}, Omittable...) {
		if !Reserved(name) {
			t.Errorf("%s can be taken", name)
		}
	}
	for name, want := range map[string]bool{"AWS.x": true, "amazon.x": true, "awsx": false, "tier": false} {
		if OfAWS(name) != want || Reserved(name) {
			t.Errorf("%s is of AWS: %v", name, !want)
		}
	}
}
