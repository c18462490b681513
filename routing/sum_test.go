package routing

import "testing"

func TestSum(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"2026-01-01": "2024", "2026/01/01": "2026", "555-1234": "-679", "0123": "123", "1.50": "1.5", "1e3": "1000", "0x10": "16", "007u": "7",
		"(555)-1234": "-679", "2-1.0": "", "1/0": "", " 5 - 3 ": "2",
		"5": "", " -5": "", "1.5": "", `"0123"`: "", `"1" + "2"`: "", "value.n - 1": "", "size([1]) - 1": "", "1 == 01": "", "true": "", "10:30": "", "": "",
	} {
		if got, ok := Sum(source); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v; want %q", source, got, ok, want)
		}
	}
}
