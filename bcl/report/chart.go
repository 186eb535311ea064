package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// Size of a chart in its own units. Text of 12 units stays legible on a phone.
const (
	chartW, chartH = 420.0, 220.0
	left, right    = 46.0, 10.0
	top, bottom    = 10.0, 36.0
)

// scale maps values to a range of units.
type scale struct {
	lo, hi   float64 // values
	from, to float64 // units
	step     float64 // between ticks; 0: as many as fit
	log      bool
}

// newScale returns a scale of whole ticks over all finite values.
func newScale(values []float64, from, to float64) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	switch {
	case lo > hi:
		lo, hi = 0, 1
	case lo == hi:
		d := max(math.Abs(lo)*0.05, 1e-9)
		lo, hi = lo-d, hi+d
	}
	step := tickStep(hi-lo, 5)
	return scale{lo: math.Floor(lo/step+1e-9) * step, hi: math.Ceil(hi/step-1e-9) * step, from: from, to: to, step: step}
}

// tickStep is 1, 2 or 5 times a power of ten, so that n steps or fewer make a range.
func tickStep(span float64, n int) float64 {
	step := math.Pow(10, math.Floor(math.Log10(span/float64(n))))
	for _, f := range []float64{1, 2, 5, 10} {
		if step*f*float64(n) >= span*(1-1e-9) {
			return step * f
		}
	}
	return 10 * step
}

func (s scale) at(v float64) float64 {
	lo, hi := s.lo, s.hi
	if s.log {
		lo, hi, v = math.Log(lo), math.Log(hi), math.Log(v)
	}
	return s.from + (v-lo)/(hi-lo)*(s.to-s.from)
}

// ticks returns the values that an axis names.
func (s scale) ticks(n int) (at []float64) {
	if s.log {
		for _, f := range []float64{1, 3} {
			for p := math.Pow(10, math.Floor(math.Log10(s.lo))); p <= s.hi; p *= 10 {
				if f*p >= s.lo*(1-1e-9) && f*p <= s.hi*(1+1e-9) {
					at = append(at, f*p)
				}
			}
			if len(at) >= 3 {
				break
			}
		}
		return at
	}
	step := s.step
	if step == 0 {
		step = tickStep(s.hi-s.lo, n)
	}
	for v := math.Ceil(s.lo/step-1e-9) * step; v <= s.hi+step*1e-6; v += step {
		at = append(at, math.Round(v/step)*step+0) // + 0: never -0
	}
	return at
}

// figure writes the svg element of a chart.
type figure struct {
	strings.Builder
	x, y scale
}

// newFigure begins a chart that label describes, with its axes.
func newFigure(label string, x, y scale, xTitle string, format func(v float64) string) *figure {
	f := &figure{x: x, y: y}
	fmt.Fprintf(f, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, chartW, chartH, html.EscapeString(label))
	for _, v := range y.ticks(5) {
		at := y.at(v)
		fmt.Fprintf(f, `<path class="grid" d="M%g %.1fH%g"/><text class="tick" text-anchor="end" x="%g" y="%.1f">%s</text>`, left, at, chartW-right, left-6, at+4, html.EscapeString(format(v)))
	}
	for _, v := range x.ticks(5) {
		at := x.at(v)
		anchor := "middle"
		if at > chartW-right-12 {
			anchor = "end"
			at = chartW - right + 4
		}
		fmt.Fprintf(f, `<text class="tick" text-anchor="%s" x="%.1f" y="%g">%s</text>`, anchor, at, chartH-bottom+16, short(v))
	}
	fmt.Fprintf(f, `<text class="tick" text-anchor="middle" x="%g" y="%g">%s</text>`, (left+chartW-right)/2, chartH-4, html.EscapeString(xTitle))
	return f
}

// text writes a label.
func (f *figure) text(x, y float64, class, anchor, text string) {
	fmt.Fprintf(f, `<text class="%s" text-anchor="%s" x="%.1f" y="%.1f">%s</text>`, class, anchor, x, y, html.EscapeString(text))
}

func (f *figure) end() template.HTML {
	f.WriteString("</svg>")
	return template.HTML(f.String())
}

// short writes a number of an axis or a table.
func short(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "-"
	case a >= 1e6:
		return trimZeros(fmt.Sprintf("%.1f", v/1e6)) + "M"
	case a >= 1e4:
		return trimZeros(fmt.Sprintf("%.1f", v/1e3)) + "k"
	case a != 0 && a < 1e-3:
		return fmt.Sprintf("%.0e", v)
	case a < 1:
		return trimZeros(fmt.Sprintf("%.3f", v+0))
	case a < 100:
		return trimZeros(fmt.Sprintf("%.2f", v))
	}
	return trimZeros(fmt.Sprintf("%.1f", v))
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
