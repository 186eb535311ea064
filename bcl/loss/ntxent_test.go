package loss_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// views draws the projections of both views of b samples.
func views(r *rand.Rand, b, d int) (z1, z2 [][]float64) {
	z := make([][]float64, 2*b)
	for i := range z {
		z[i] = make([]float64, d)
		scale := math.Exp(r.NormFloat64())
		for k := range z[i] {
			z[i][k] = float64(float32(scale * (0.3 + r.NormFloat64())))
		}
	}
	return z[:b], z[b:]
}

// naive is the definition of the loss, sample by sample, in float64.
func naive(z1, z2 [][]float64, temperature float64) []float64 {
	z := append(append([][]float64{}, z1...), z2...)
	b := len(z1)
	similarity := func(i, j int) float64 {
		var dot, a, c float64
		for k := range z[i] {
			dot += z[i][k] * z[j][k]
			a += z[i][k] * z[i][k]
			c += z[j][k] * z[j][k]
		}
		return dot / math.Sqrt(a*c)
	}
	out := make([]float64, b)
	for row := range z {
		positive := similarity(row, (row+b)%(2*b))
		sum := 0.0 // of exp, relative to the positive
		for other := range z {
			if other != row {
				sum += math.Exp((similarity(row, other) - positive) / temperature)
			}
		}
		out[row%b] += math.Log(sum) / 2
	}
	return out
}

func tensor(z [][]float64, d torch.DType) torch.Tensor {
	var flat []float64
	for _, row := range z {
		flat = append(flat, row...)
	}
	return torch.FromSlice(flat, int64(len(z)), int64(len(z[0]))).To(d)
}

// Temperatures at which exp would overflow or all losses are equal work too; float32's
// resolution of a similarity is divided by the temperature.
func TestAgainstTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	torchtest.Do(t, func() {
		for _, c := range []struct {
			b, d        int
			temperature float64
		}{{2, 1, 0.2}, {2, 3, 0.2}, {3, 7, 0.2}, {32, 128, 0.2}, {26, 64, 1}, {9, 16, 100}, {9, 16, 1e6}, {9, 16, 0.01}, {9, 16, 1e-3}, {9, 16, 1e-6}} {
			z1, z2 := views(r, c.b, c.d)
			want := naive(z1, z2, c.temperature)
			for d, resolution := range map[torch.DType]float64{torch.Float32: 4e-7, torch.Float64: 1e-14} {
				got := torch.Slice[float64](loss.NTXent(tensor(z1, d), tensor(z2, d), c.temperature).To(torch.Float64))
				if len(got) != c.b {
					t.Fatalf("%d losses for %d samples", len(got), c.b)
				}
				for i := range got {
					if !(math.Abs(got[i]-want[i]) <= resolution*(1+math.Abs(want[i])+1/c.temperature)) {
						t.Errorf("%+v %v: sample %d has loss %v, want %v", c, d, i, got[i], want[i])
					}
				}
			}
		}
	})
}

func TestAgainstThePublishedFormula(t *testing.T) {
	g := torchtest.Open(t, "testdata/goldens.safetensors")
	var temperatures []float64
	g.JSON("temperatures", &temperatures)
	torchtest.Do(t, func() {
		for i, temperature := range temperatures {
			z := g.Tensor(fmt.Sprintf("%d/z", i)).SetRequiresGrad(true)
			z1, z2 := loss.Interleaved(z)
			l := loss.NTXent(z1, z2, temperature)
			g.Near(fmt.Sprintf("%d/loss", i), l, 2e-6)
			l.Mean().Backward()
			g.Near(fmt.Sprintf("%d/grad", i), z.Grad(), 1e-6)
		}
	})
	g.Unused("")
}

// The gradient is the slope, by central differences in float64.
func TestGradient(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	torchtest.Do(t, func() {
		z1, z2 := views(r, 4, 5)
		weights := []float64{1, -2, 0.5, 3} // different weights for the losses of samples
		value := func() float64 {
			sum := 0.0
			for i, l := range naive(z1, z2, 0.2) {
				sum += weights[i] * l
			}
			return sum
		}
		a, b := tensor(z1, torch.Float64).SetRequiresGrad(true), tensor(z2, torch.Float64).SetRequiresGrad(true)
		loss.NTXent(a, b, 0.2).BackwardWith(torch.FromSlice(weights), false)
		for name, side := range map[string]struct {
			z    [][]float64
			grad []float64
		}{"z1": {z1, torch.Slice[float64](a.Grad())}, "z2": {z2, torch.Slice[float64](b.Grad())}} {
			for i, row := range side.z {
				for k := range row {
					const h = 1e-6
					x := row[k]
					row[k] = x + h
					up := value()
					row[k] = x - h
					slope := (up - value()) / (2 * h)
					row[k] = x
					if got := side.grad[i*len(row)+k]; math.Abs(got-slope) > 1e-7*(1+math.Abs(slope)) {
						t.Errorf("%s[%d][%d]: gradient %v, slope %v", name, i, k, got, slope)
					}
				}
			}
		}
	})
}

func TestInterleaved(t *testing.T) {
	torchtest.Do(t, func() {
		z1, z2 := loss.Interleaved(torch.Arange(0, 12).View(6, 2))
		if !z1.Equal(torch.FromSlice([]int64{0, 1, 4, 5, 8, 9}, 3, 2)) || !z2.Equal(torch.FromSlice([]int64{2, 3, 6, 7, 10, 11}, 3, 2)) {
			t.Errorf("views %v and %v", z1, z2)
		}
	})
}

func TestShapes(t *testing.T) {
	torchtest.Do(t, func() {
		err := torchtest.Failure(t, func() { loss.NTXent(torch.Ones([]int64{3, 4}), torch.Ones([]int64{2, 4}), 0.2) })
		if err == nil {
			t.Error("different numbers of samples are no error")
		}
		if torchtest.Failure(t, func() { loss.Interleaved(torch.Ones([]int64{3, 4})) }) == nil {
			t.Error("an odd number of views is no error")
		}
		// Samples far apart and views equal: nothing left to learn.
		apart := torch.Eye(4)
		if l := torch.Item[float64](loss.NTXent(apart, apart, 0.05).Max()); !(l >= 0 && l < 1e-6) {
			t.Errorf("loss %v of perfect projections", l)
		}
		// All equal: log of the number of other views.
		equal := torch.Ones([]int64{4, 8})
		if l := torch.Item[float64](loss.NTXent(equal, equal, 0.2).Mean()); math.Abs(l-math.Log(7)) > 1e-6 {
			t.Errorf("loss %v of equal projections, want log 7", l)
		}
	})
}
