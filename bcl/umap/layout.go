package umap

import (
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Options configure a layout.
type Options struct {
	Epochs int // of the descent; 0: 500, or 200 of more than 10,000 points
	Seed   uint64
}

// Of min_dist 0.1 and spread 1: the curve 1/(1 + a d^2b) that fits them (section 4.2).
const (
	curveA, curveB = 1.5769434603113077, 0.8950608781227859
	negatives      = 5 // points that are pushed away for each that is drawn nearer
)

// Layout places N points in two dimensions by their neighbours, N x 2. start is where the
// descent begins, N x 2, such as the first two principal components.
func Layout(k Knn, start []float32, o Options) ([]float32, error) {
	n := len(k.Index) / max(k.K, 1)
	if k.K < 1 || len(start) != 2*n || len(k.Distance) != len(k.Index) {
		return nil, fmt.Errorf("%d neighbours, %d distances and %d coordinates do not fit", len(k.Index), len(k.Distance), len(start))
	}
	if o.Epochs == 0 {
		if o.Epochs = 500; n > 10_000 {
			o.Epochs = 200
		}
	}
	y := spreadOut(start, o.Seed)
	descend(y, graph(k), o.Epochs, o.Seed)
	return y, nil
}

// spreadOut scales a start to 10 in each direction, and moves each point a little: those at
// one place could not be parted.
func spreadOut(start []float32, seed uint64) []float32 {
	s := rng.New(seed, rng.Map, 0, 0, 0)
	top := float32(0)
	for _, v := range start {
		top = max(top, v, -v)
	}
	if top == 0 {
		top = 1
	}
	y := make([]float32, len(start))
	for i, v := range start {
		y[i] = 10*v/top + float32(1e-4*(s.Float64()-0.5))
	}
	return y
}

// descend minimises the cross entropy of the graph and the layout by stochastic gradient
// descent (section 3.2): an edge is visited in proportion to its weight.
func descend(y []float32, edges []edge, epochs int, seed uint64) {
	n := len(y) / 2
	top := 0.0
	for _, e := range edges {
		top = max(top, e.weight)
	}
	per, next, nextNegative := make([]float64, len(edges)), make([]float64, len(edges)), make([]float64, len(edges))
	for i, e := range edges {
		per[i] = top / e.weight
		next[i], nextNegative[i] = per[i], per[i]/negatives
	}
	for epoch := range epochs {
		s := rng.New(seed, rng.Map, uint32(epoch+1), 0, 0)
		now, rate := float64(epoch), 1-float64(epoch)/float64(epochs)
		for i, e := range edges {
			if next[i] > now || per[i] > float64(epochs) {
				continue
			}
			pushed := int((now - nextNegative[i]) / (per[i] / negatives))
			for _, ends := range [2][2]int32{{e.a, e.b}, {e.b, e.a}} {
				attract(y, ends[0], ends[1], rate)
				for range pushed {
					if j := int32(s.IntN(n)); j != ends[0] {
						repel(y, ends[0], j, rate)
					}
				}
			}
			nextNegative[i] += float64(pushed) * per[i] / negatives
			next[i] += per[i]
		}
	}
}

// attract draws two points together.
func attract(y []float32, i, j int32, rate float64) {
	a, b := y[2*i:2*i+2], y[2*j:2*j+2]
	dx, dy := float64(a[0]-b[0]), float64(a[1]-b[1])
	d2 := dx*dx + dy*dy
	if d2 <= 0 {
		return
	}
	p := power(d2)
	g := -2 * curveA * curveB * p / d2 / (curveA*p + 1)
	gx, gy := bounded(g*dx)*rate, bounded(g*dy)*rate
	a[0], a[1] = a[0]+float32(gx), a[1]+float32(gy)
	b[0], b[1] = b[0]-float32(gx), b[1]-float32(gy)
}

// repel pushes point i away from point j.
func repel(y []float32, i, j int32, rate float64) {
	a := y[2*i : 2*i+2]
	dx, dy := float64(a[0]-y[2*j]), float64(a[1]-y[2*j+1])
	d2 := dx*dx + dy*dy
	if d2 <= 0 {
		return
	}
	g := 2 * curveB / ((0.001 + d2) * (curveA*power(d2) + 1))
	a[0], a[1] = a[0]+float32(bounded(g*dx)*rate), a[1]+float32(bounded(g*dy)*rate)
}

// power is d2^b, faster than math.Pow.
func power(d2 float64) float64 { return math.Exp(curveB * math.Log(d2)) }

func bounded(v float64) float64 { return max(-4, min(4, v)) }
