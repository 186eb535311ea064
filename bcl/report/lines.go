package report

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strings"
)

// series is a line of a chart, or the band between two lines.
type series struct {
	Name  string
	Class string // of its colour: s0 ... s5, many, medium, few, mute
	Dash  bool
	X, Y  []float64
	Upper []float64 // of a band from Y to it; nil: a line
}

// lines is a chart of lines over epochs.
type lines struct {
	Title  string
	Note   string // what to see in it
	XTitle string
	Unit   string
	Series []series
	Refs   []ref
	Y      []float64 // values that the axis must reach
}

// ref is a horizontal line at a value of a meaning.
type ref struct {
	Y     float64
	Label string
}

// maxPoints of a line that are drawn.
const maxPoints = 200

// chart is a drawing with what the page says about it.
type chart struct {
	Title, Note string
	SVG         template.HTML
	Legend      []legend
	Data        string // JSON for reading values under the pointer; "" for none
	Table       table  // the same in numbers
}

type legend struct {
	Name, Class string
	Dash, Band  bool
}

// table is numbers in rows.
type table struct {
	Head []string
	Rows [][]string
}

// draw returns the chart; ok is false without a value to draw.
func (l lines) draw() (c chart, ok bool) {
	var xs, ys []float64
	for i := range l.Series {
		s := &l.Series[i]
		*s = s.known().thin()
		for k, y := range s.Y {
			if !math.IsNaN(y) {
				xs, ys = append(xs, s.X[k]), append(ys, y)
				if s.Upper != nil {
					ys = append(ys, s.Upper[k])
				}
				ok = true
			}
		}
	}
	if !ok {
		return c, false
	}
	for _, r := range l.Refs {
		ys = append(ys, r.Y)
	}
	y := newScale(append(ys, l.Y...), chartH-bottom, top)
	x := scale{from: left, to: chartW - right}
	x.lo, x.hi = minMax(xs)
	if x.lo == x.hi {
		x.lo, x.hi = x.lo-1, x.hi+1
	}
	f := newFigure(l.describe(), x, y, l.XTitle, func(v float64) string { return short(v) + l.Unit })
	for _, s := range l.Series {
		f.series(s)
		c.Legend = append(c.Legend, legend{s.Name, s.Class, s.Dash, s.Upper != nil})
	}
	for _, r := range l.Refs {
		at := y.at(r.Y)
		fmt.Fprintf(f, `<path class="ref" d="M%g %.1fH%g"/>`, left, at, chartW-right)
		labelAt := at - 5
		if labelAt < top+8 {
			labelAt = at + 14
		}
		f.text(chartW-right, labelAt, "note", "end", r.Label)
	}
	if len(l.Series) == 1 && len(l.Refs) == 0 {
		c.Legend = nil // the title says it
	}
	c.Title, c.Note, c.SVG, c.Data, c.Table = l.Title, l.Note, f.end(), l.data(x, y), l.table()
	return c, true
}

func minMax(v []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

// known returns the line with a gap where a value is infinite, which no axis reaches; of a band
// only what is known.
func (s series) known() series {
	out := s
	out.X, out.Y, out.Upper = nil, nil, nil
	for i, y := range s.Y {
		bad := math.IsInf(y, 0)
		if s.Upper != nil {
			if u := s.Upper[i]; bad || math.IsNaN(y) || math.IsNaN(u) || math.IsInf(u, 0) {
				continue
			}
			out.Upper = append(out.Upper, s.Upper[i])
		}
		if bad {
			y = math.NaN()
		}
		out.X, out.Y = append(out.X, s.X[i]), append(out.Y, y)
	}
	return out
}

// thin keeps maxPoints of a line: the lowest and the highest of each stretch, so that no
// spike is lost.
func (s series) thin() series {
	n := len(s.Y)
	if n <= maxPoints {
		return s
	}
	out := s
	out.X, out.Y, out.Upper = nil, nil, nil
	take := func(i int) {
		out.X, out.Y = append(out.X, s.X[i]), append(out.Y, s.Y[i])
		if s.Upper != nil {
			out.Upper = append(out.Upper, s.Upper[i])
		}
	}
	buckets := maxPoints / 2
	for b := range buckets {
		from, to := b*n/buckets, (b+1)*n/buckets
		lo, hi := from, from
		for i := from; i < to; i++ {
			if s.Y[i] < s.Y[lo] {
				lo = i
			}
			if s.Y[i] > s.Y[hi] {
				hi = i
			}
		}
		if b == buckets-1 && s.Upper == nil { // the last value is the one that is read
			hi = n - 1
		}
		take(min(lo, hi))
		if lo != hi {
			take(max(lo, hi))
		}
	}
	return out
}

// series draws a line with gaps where values are missing, or a band.
func (f *figure) series(s series) {
	var d strings.Builder
	if s.Upper != nil {
		pen := byte('M')
		for i := range s.Y {
			fmt.Fprintf(&d, "%c%.1f %.1f", pen, f.x.at(s.X[i]), f.y.at(s.Y[i]))
			pen = 'L'
		}
		for i := len(s.Y) - 1; i >= 0; i-- {
			fmt.Fprintf(&d, "L%.1f %.1f", f.x.at(s.X[i]), f.y.at(s.Upper[i]))
		}
		fmt.Fprintf(f, `<path class="band %s" d="%sZ"/>`, s.Class, d.String())
		return
	}
	pen, drawn := byte('M'), 0
	for i := range s.Y {
		if math.IsNaN(s.Y[i]) {
			pen = 'M'
			continue
		}
		fmt.Fprintf(&d, "%c%.1f %.1f", pen, f.x.at(s.X[i]), f.y.at(s.Y[i]))
		pen = 'L'
		drawn++
	}
	dash := ""
	if s.Dash {
		dash = ` stroke-dasharray="5 4"`
	}
	fmt.Fprintf(f, `<path class="line %s"%s d="%s"/>`, s.Class, dash, d.String())
	if drawn <= 12 { // few values: each is a dot
		for i, y := range s.Y {
			if !math.IsNaN(y) {
				fmt.Fprintf(f, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="3"/>`, s.Class, f.x.at(s.X[i]), f.y.at(y))
			}
		}
	}
}

// describe is the chart in a sentence, for screen readers.
func (l lines) describe() string {
	var parts []string
	for _, s := range l.Series {
		if n := len(s.Y); s.Upper == nil && n > 0 {
			parts = append(parts, fmt.Sprintf("%s from %s to %s", s.Name, short(s.Y[0]), short(s.Y[n-1])))
		}
	}
	for _, r := range l.Refs {
		parts = append(parts, fmt.Sprintf("%s at %s", r.Label, short(r.Y)))
	}
	return l.Title + ": " + strings.Join(parts, "; ")
}

// data is what the page's script needs to show values under the pointer.
func (l lines) data(x, y scale) string {
	type line struct {
		Name string     `json:"n"`
		X    []float64  `json:"x"`
		Y    []*float64 `json:"y"`
	}
	var all []line
	round := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		if v != 0 {
			p := math.Pow(10, 4-math.Ceil(math.Log10(math.Abs(v))))
			v = math.Round(v*p) / p
		}
		return &v
	}
	for _, s := range l.Series {
		if s.Upper != nil {
			continue
		}
		n := line{Name: s.Name, X: s.X}
		for _, v := range s.Y {
			n.Y = append(n.Y, round(v))
		}
		all = append(all, n)
	}
	text, err := json.Marshal(map[string]any{"s": all, "u": l.Unit, "t": l.XTitle,
		"x": [4]float64{x.lo, x.hi, x.from, x.to}, "y": [4]float64{y.lo, y.hi, y.from, y.to}})
	if err != nil {
		return ""
	}
	return string(text)
}

// table is at most a dozen rows of the first line's values and those of the others there.
func (l lines) table() (t table) {
	t.Head = []string{l.XTitle}
	for _, s := range l.Series {
		if s.Upper != nil {
			t.Head = append(t.Head, s.Name+", low", s.Name+", high")
		} else {
			t.Head = append(t.Head, s.Name)
		}
	}
	first := l.Series[0]
	for _, s := range l.Series {
		if len(s.X) > len(first.X) {
			first = s
		}
	}
	n := len(first.X)
	step := max(1, (n+10)/11)
	for i := 0; i < n; i += step {
		if i+step >= n {
			i = n - 1
		}
		row := []string{short(first.X[i])}
		for _, s := range l.Series {
			at := -1
			for k, x := range s.X {
				if x == first.X[i] {
					at = k
				}
			}
			cell := func(v []float64) string {
				if at < 0 {
					return ""
				}
				return short(v[at]) + l.Unit
			}
			row = append(row, cell(s.Y))
			if s.Upper != nil {
				row = append(row, cell(s.Upper))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
