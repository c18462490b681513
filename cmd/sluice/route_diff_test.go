package main

import (
	"strings"
	"testing"
)

// What differs between two configurations, over the events of the others' tests.
func TestRouteTellsWhatAnotherConfigurationChanges(t *testing.T) {
	const after, events = "testdata/diff/after.yaml", "testdata/route/orders.ndjson"
	args := []string{"route", "-c", ordersFile, "-f", events, "--diff", after}
	for form, got := range map[string]result{"text": sluice("", args...), "json": sluice("", append(args, "--json")...)} {
		golden(t, "diff/orders."+form+".golden", got.stdout)
		if got.code != exitFailed {
			t.Errorf("%s: exit %d", form, got.code)
		}
	}
	event := `{"topic":"orders","key":"a","value":{"type":"order.open"}}`
	got := sluice(event, "route", "-c", ordersFile, "--diff", ordersFile)
	if got != (result{stdout: "1 event, none differs from " + ordersFile + " to " + ordersFile + "\n"}) {
		t.Errorf("the same file: %+v", got)
	}
	got = sluice(event, "route", "-c", ordersFile, "--json", "--diff", ordersFile)
	if got != (result{stdout: `{"events":1,"differ":0,"changes":[]}` + "\n"}) {
		t.Errorf("the same file: %+v", got)
	}
	got = sluice(event, "route", "-c", ordersFile, "--diff", "testdata/validate/broken.yaml")
	if got.code != exitUsage || !strings.HasPrefix(got.stderr, "testdata/validate/broken.yaml:") {
		t.Errorf("a broken file: %+v", got)
	}
}
