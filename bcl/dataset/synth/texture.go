package synth

import "math"

// A texture is the amount of ink at (u, v), from 0 to 1, where one unit is one period.
// cell has the element nearest to the point.
type texture func(u, v float64, cell cells) float64

// classes are the textures in the order of their labels. rank orders them by frequency in
// the training part, 0 the most frequent: similar textures are kept apart in frequency
// (rings are frequent, dots are rare).
var classes = [10]struct {
	name string
	rank int
	ink  texture
}{
	{"stripes", 4, stripes},
	{"waves", 1, waves},
	{"checker", 7, checker},
	{"bricks", 2, bricks},
	{"grid", 6, grid},
	{"dots", 8, dots},
	{"rings", 0, rings},
	{"crosses", 5, crosses},
	{"triangles", 3, triangles},
	{"blobs", 9, blobs},
}

// edge is 1 inside (d < 0), 0 outside, with a slope a tenth of a period wide against
// aliasing.
func edge(d float64) float64 { return min(max(0.5-d*10, 0), 1) }

// saw is the distance of x to the nearest integer, 0 to 0.5.
func saw(x float64) float64 { return math.Abs(x - math.Round(x)) }

func stripes(u, _ float64, _ cells) float64 { return edge(saw(u) - 0.25) }

func waves(u, v float64, _ cells) float64 {
	return edge(saw(u+0.38*math.Sin(math.Pi*v)) - 0.25)
}

func checker(u, v float64, _ cells) float64 {
	// The product of two triangle waves changes sign where the colour does.
	return edge(4 * (saw(u/2) - 0.25) * (saw(v/2) - 0.25) * 2)
}

func bricks(u, v float64, _ cells) float64 {
	row := math.Floor(v)
	shift := 0.5 * math.Mod(math.Abs(row), 2)
	return max(edge(saw(v)-0.12), edge((saw(u/1.6+shift)-0.075)*1.6))
}

func grid(u, v float64, _ cells) float64 {
	return max(edge(saw(u)-0.12), edge(saw(v)-0.12))
}

func dots(u, v float64, cell cells) float64 {
	x, y := cell.local(u, v)
	return edge(math.Sqrt(x*x+y*y) - 0.32)
}

func rings(u, v float64, cell cells) float64 {
	x, y := cell.local(u, v)
	return edge(math.Abs(math.Sqrt(x*x+y*y)-0.31) - 0.1)
}

func crosses(u, v float64, cell cells) float64 {
	x, y := cell.local(u, v)
	x, y = math.Abs(x), math.Abs(y)
	return edge(max(min(x, y)-0.1, max(x, y)-0.42))
}

func triangles(u, v float64, cell cells) float64 {
	x, y := cell.local(u, v)
	const side = 0.866025403784
	return edge(max(y, side*x-y/2, -side*x-y/2) - 0.22)
}

func blobs(u, v float64, cell cells) float64 {
	return edge((cell.noise(u, v) - 0.5) * 0.8)
}
