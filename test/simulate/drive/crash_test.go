package drive

import "testing"

func TestCrashesOfOneFaultAreAlike(t *testing.T) {
	const want = "runtime error: invalid memory address or nil pointer dereference in bridge/kafka.(*Source).begin"
	for _, at := range []string{"0x12", "0x34"} {
		got := crashed("2000-01-01 some line of a log\npanic: runtime error: invalid memory address or nil pointer dereference [recovered]\n" +
			"[signal SIGSEGV: segmentation violation]\n\ngoroutine 12 [running]:\ntesting.tRunner.func1.2({" + at + "})\n\t/go/testing.go:1\n" +
			"github.com/sluice-bridge/sluice/bridge/kafka.(*Source).begin(" + at + ", {" + at + "})\n\t/x/start.go:3\n" +
			"github.com/sluice-bridge/sluice/bridge.Other(" + at + ")\n")
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := crashed("signal: killed\n"); got != "it ends without a word" {
		t.Errorf("%q", got)
	}
}
