package main

import (
	"os"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The size of a file: two plots side by side.
const (
	width  = 24 * vg.Centimeter
	height = 9 * vg.Centimeter
)

// draw writes one file: messages a second, and CPU a message.
func draw(axis string, points []point, file string) error {
	canvas := vgsvg.New(width, height)
	tiles := vgdraw.Tiles{Cols: 2, Rows: 1, PadX: vg.Centimeter / 2, PadTop: vg.Centimeter / 5, PadBottom: vg.Centimeter / 5, PadLeft: vg.Centimeter / 5, PadRight: vg.Centimeter / 2}
	whole := vgdraw.New(canvas)
	for i, v := range []struct {
		title string
		of    func(sample) float64
	}{
		{"messages a second", func(s sample) float64 { return s.Rate }},
		{"CPU µs a message", func(s sample) float64 { return s.CPU }},
	} {
		p, err := lines(axis, points, v.title, v.of)
		if err != nil {
			return err
		}
		p.Draw(tiles.At(whole, i, 0))
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := canvas.WriteTo(out); err != nil {
		return err
	}
	return out.Close()
}

// lines is a plot with one line a contestant through the medians, and bars from least to most.
func lines(axis string, points []point, title string, of func(sample) float64) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = title, axis
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticks(points)
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for i, name := range contestants(points) {
		var at series
		for _, one := range points {
			if one.Contestant == name {
				at.add(one, of)
			}
		}
		line, marks, err := plotter.NewLinePoints(at)
		if err != nil {
			return nil, err
		}
		bars, err := plotter.NewYErrorBars(at)
		if err != nil {
			return nil, err
		}
		line.Color, marks.Color, bars.Color = plotutil.Color(i), plotutil.Color(i), plotutil.Color(i)
		marks.Shape = plotutil.Shape(i)
		p.Add(line, marks, bars)
		p.Legend.Add(name, line, marks)
	}
	p.Y.Min, p.Y.Max = 0, p.Y.Max*1.3 // room for the legend
	return p, nil
}

// ticks are the places that were measured.
func ticks(points []point) plot.ConstantTicks {
	var out plot.ConstantTicks
	for _, p := range points {
		tick := plot.Tick{Value: p.At, Label: strconv.FormatFloat(p.At, 'f', -1, 64)}
		if !slices.Contains(out, tick) {
			out = append(out, tick)
		}
	}
	return out
}

// contestants are the names, in the order of the results.
func contestants(points []point) []string {
	var names []string
	for _, p := range points {
		if !slices.Contains(names, p.Contestant) {
			names = append(names, p.Contestant)
		}
	}
	return names
}

// series is what gonum/plot wants of a line with error bars.
type series struct{ x, median, low, high []float64 }

func (s *series) add(p point, of func(sample) float64) {
	values := make([]float64, len(p.Samples))
	for i, one := range p.Samples {
		values[i] = of(one)
	}
	slices.Sort(values)
	n := len(values)
	s.x = append(s.x, p.At)
	s.median = append(s.median, (values[(n-1)/2]+values[n/2])/2)
	s.low, s.high = append(s.low, values[0]), append(s.high, values[n-1])
}

// Len implements plotter.XYer.
func (s series) Len() int { return len(s.x) }

// XY implements plotter.XYer.
func (s series) XY(i int) (x, y float64) { return s.x[i], s.median[i] }

// YError implements plotter.YErrorer.
func (s series) YError(i int) (low, high float64) {
	return s.low[i] - s.median[i], s.high[i] - s.median[i]
}
