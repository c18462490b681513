package expr

import "testing"

func TestSumFindsTextThatReadsAsASum(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"2026-01-01": "2024", "2026/01/01": "2026", "555-1234": "-679", "0123": "123", "1.50": "1.5", "1e3": "1000", "0x10": "16", "007u": "7",
		"(555)-1234": "-679", "2-1.0": "", "1/0": "", " 5 - 3 ": "2",
		"24*3600": "86400", "60 * 60": "", "24 * 60 * 0.5": "", "60 * 60 - 1": "3599", "100u": "", "100U ": "",
		"5": "", " -5": "", "1.5": "", `"0123"`: "", `"1" + "2"`: "", "value.n - 1": "", "size([1]) - 1": "", "1 == 01": "", "true": "", "10:30": "", "": "",
	} {
		if got, ok := Sum(source); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v; want %q", source, got, ok, want)
		}
	}
}

func TestSumWithinAnExpressionIsFound(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][2]string{
		`value.zip == 01067`:                                 {"01067", "1067"},
		`value.day > 2026-01-01 && true`:                     {"2026-01-01", "2024"},
		`value.phone in [555-1234]`:                          {"555-1234", "-679"},
		`"a" == "b" ? 1 : 007`:                               {"007", "7"},
		`value.day == "2026-01-01"`:                          {},
		`value.day == 'x' + '007'`:                           {},
		`value.total-5 > 0`:                                  {},
		`value.total - 5 > 10 - 3`:                           {},
		`value["2026-01-01"].a1 == 0.05`:                     {},
		`value.total > 0 && value.b0 < 10`:                   {},
		"value.a == 1 // since 2026-01-01":                   {},
		`"ä" == value.a || value.zip == 01067`:               {"01067", "1067"},
		`value.days.exists(d, d == 2026-01-01)`:              {"2026-01-01", "2024"},
		`value.a == 07 && value.b == 2026-01-01`:             {"07", "7"},
		`value.n == 60-05`:                                   {"60-05", "55"},
		`has(value.a) && value.n == 1000-500`:                {"1000-500", "500"},
		`value.x > 1e-05`:                                    {},
		`value.x > 1.5E+007`:                                 {},
		`value.name == r"a\" + "01067"`:                      {},
		`value.name == r'2026-01-01\'`:                       {},
		`value.name == """a "007" b"""`:                      {},
		"value.name == '''it's 007 isn't''' || value.n == 1": {},
		`value.t > 3600*24-1`:                                {},
		`value.t > 3600*240-100`:                             {},
		`value.total > 60-5`:                                 {},
		`value.total-100-50 > 0`:                             {},
		`value.total-1000-500 > 0`:                           {},
		`value.n in [1-1, 2]`:                                {},
		`offset % 10 == 5-5`:                                 {},
		`value.n == 0x10 && value.m > 100-50`:                {},
		`value.n == 555 - 1234`:                              {},
		`value.n ==`:                                         {},
	} {
		if written, gives := SumWithin(source); written != want[0] || gives != want[1] {
			t.Errorf("%s: %q gives %q, want %q", source, written, gives, want)
		}
	}
}
