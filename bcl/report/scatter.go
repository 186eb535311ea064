package report

import (
	"fmt"
	"html"
	"math"
)

// dot is a point of a scatter plot.
type dot struct {
	X, Y        float64
	Name, Class string
}

// scatter draws points over a logarithmic axis, with as many names as fit.
func scatter(title, note, xTitle, yTitle string, dots []dot) (c chart, ok bool) {
	var xs, ys []float64
	for _, d := range dots {
		if !math.IsNaN(d.Y) && d.X > 0 {
			xs, ys = append(xs, d.X), append(ys, d.Y)
		}
	}
	if len(xs) == 0 {
		return c, false
	}
	x := scale{from: left + 8, to: chartW - right - 8, log: true}
	if x.lo, x.hi = minMax(xs); x.lo == x.hi {
		x.lo, x.hi = x.lo/2, x.hi*2
	}
	y := newScale(ys, chartH-bottom, top)
	f := newFigure(fmt.Sprintf("%s: %d classes", title, len(xs)), x, y, xTitle+" (logarithmic)", short)
	type box struct{ x0, y0, x1, y1 float64 }
	var taken []box
	for _, d := range dots {
		if math.IsNaN(d.Y) || d.X <= 0 {
			continue
		}
		px, py := x.at(d.X), y.at(d.Y)
		taken = append(taken, box{px - 4, py - 4, px + 4, py + 4})
		fmt.Fprintf(f, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="4"><title>%s: %s %s, %s %s</title></circle>`,
			d.Class, px, py, html.EscapeString(d.Name), xTitle, short(d.X), yTitle, short(d.Y))
		c.Table.Rows = append(c.Table.Rows, []string{d.Name, short(d.X), short(d.Y)})
	}
	for _, d := range dots {
		if math.IsNaN(d.Y) || d.X <= 0 {
			continue
		}
		name := clip(d.Name, 14)
		w := 6.4 * float64(len([]rune(name)))
		px, py := x.at(d.X), y.at(d.Y)
		for _, at := range []box{{px + 7, py - 7, px + 7 + w, py + 5}, {px - 7 - w, py - 7, px - 7, py + 5}, {px - w/2, py - 19, px + w/2, py - 7}} {
			free := at.x0 > left && at.x1 < chartW-2 && at.y0 > 0
			for _, b := range taken {
				if at.x0 < b.x1 && b.x0 < at.x1 && at.y0 < b.y1 && b.y0 < at.y1 {
					free = false
				}
			}
			if free {
				f.text(at.x0, at.y1-1, "tick", "start", name)
				taken = append(taken, at)
				break
			}
		}
	}
	c.Title, c.Note, c.SVG = title, note, f.end()
	c.Table.Head = []string{"class", xTitle, yTitle}
	if len(c.Table.Rows) > 200 {
		c.Table.Rows = c.Table.Rows[:200]
	}
	c.Legend = []legend{{Name: "Many", Class: "many"}, {Name: "Medium", Class: "medium"}, {Name: "Few", Class: "few"}}
	return c, true
}

// clip shortens a text.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
