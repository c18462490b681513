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

func TestSumWithin(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][2]string{
		`value.zip == 01067`:               {"01067", "1067"},
		`value.day > 2026-01-01 && true`:   {"2026-01-01", "2024"},
		`value.phone in [555-1234]`:        {"555-1234", "-679"},
		`"a" == "b" ? 1 : 007`:             {"007", "7"},
		`value.day == "2026-01-01"`:        {},
		`value.day == 'x' + '007'`:         {},
		`value.total-5 > 0`:                {},
		`value.total - 5 > 10 - 3`:         {},
		`value["2026-01-01"].a1 == 0.05`:   {},
		`value.total > 0 && value.b0 < 10`: {},
		"value.a == 1 // since 2026-01-01": {},
	} {
		if written, gives := SumWithin(source); written != want[0] || gives != want[1] {
			t.Errorf("%s: %q gives %q, want %q", source, written, gives, want)
		}
	}
}
