package demo

import (
	"fmt"
	"strconv"
	"time"
)

// thousands writes a count with separators.
func thousands[T int64 | float64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ratio is a part of a whole with one decimal, or a dash.
func ratio(part, whole float64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", part/whole)
}

// clock writes a duration as minutes and seconds.
func clock(d time.Duration) string {
	s := int(d.Seconds())
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

// perSecond is the growth between two moments.
func perSecond(now, before float64, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return max(now-before, 0) / took.Seconds()
}
