package harmony

import (
	"fmt"
	"math"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The goldens are float32 after hundreds of iterations: sums in another order differ by a
// few units of 2^-24, which exp(t/0.05) makes twenty times as large.
func TestLossIsTheAuthors(t *testing.T) {
	g := torchtest.Open(t, "testdata/goldens.safetensors")
	var iterations []int
	g.JSON("iterations", &iterations)
	torchtest.Do(t, func() {
		for i, n := range iterations {
			name := func(part string) string { return fmt.Sprintf("%d/%s", i, part) }
			w, shares := g.Tensor(name("w")), g.Tensor(name("pi")).To(torch.Float32)
			z := g.Tensor(name("z")).SetRequiresGrad(true)
			t1, t2 := Logits(z.Select(0, 0), w), Logits(z.Select(0, 1), w)
			g.Near(name("t1"), t1, 1e-6)
			g.Near(name("q1"), Sinkhorn(t1, shares, n), 1e-5)
			l := Loss(t1, t2, shares, n)
			g.Near(name("loss"), l, 5e-6)
			l.Backward()
			g.Near(name("grad"), z.Grad(), 2e-6)
		}
		for i := range iterations {
			g.Unused(fmt.Sprintf("%d/", i))
		}
	})
}

// Labels of samples sum to 1, those of classes to their share of the batch; the most
// likely class of a batch of one is the one that it points to.
func TestSinkhornSums(t *testing.T) {
	torchtest.Do(t, func() {
		const b, k = 40, 6
		w := torch.FromSlice(Simplex(k, 8, 1), k, 8).To(torch.Float32)
		if err := torch.ManualSeed(3); err != nil {
			t.Fatal(err)
		}
		logits := Logits(torch.Randn([]int64{b, 8}), w)
		shares := []float32{0.4, 0.3, 0.15, 0.1, 0.05, 0}
		q := Sinkhorn(logits, torch.FromSlice(shares), 300)
		for i, sum := range torch.Slice[float32](q.SumDim([]int64{1}, false)) {
			if math.Abs(float64(sum)-1) > 1e-5 {
				t.Errorf("labels of sample %d sum to %v", i, sum)
			}
		}
		for c, sum := range torch.Slice[float32](q.SumDim([]int64{0}, false)) {
			if math.Abs(float64(sum-b*shares[c])) > 1e-3 {
				t.Errorf("labels of class %d sum to %v, want %v", c, sum, b*shares[c])
			}
		}
		one := Sinkhorn(logits.Narrow(0, 0, 1), torch.FromSlice(shares), 300)
		if torchtest.Difference(one.View(k), torch.FromSlice(shares)) > 1e-6 {
			t.Errorf("a batch of one has the labels %v, want the shares", torch.Slice[float32](one))
		}
		// Projections that all point in one direction, or are all equal, have a finite
		// loss.
		for name, z := range map[string]torch.Tensor{"zero": torch.Zeros([]int64{4, 8}), "equal": w.Narrow(0, 5, 1).Expand(4, 8)} {
			if l := torch.Item[float64](Loss(Logits(z, w), Logits(z, w), torch.FromSlice(shares), 300)); math.IsNaN(l) || math.IsInf(l, 0) {
				t.Errorf("%s projections: loss %v", name, l)
			}
		}
	})
}

// The authors' step for SDCLR computes the loss twice, each time with one side fixed. The
// gradient of one loss is the sum.
func TestOneLossIsTwoWithASideFixed(t *testing.T) {
	torchtest.Do(t, func() {
		if err := torch.ManualSeed(4); err != nil {
			t.Fatal(err)
		}
		w := torch.FromSlice(Simplex(5, 8, 1), 5, 8).To(torch.Float32)
		shares := torch.Full([]int64{5}, 0.2)
		z1, z2 := torch.Randn([]int64{9, 8}).SetRequiresGrad(true), torch.Randn([]int64{9, 8}).SetRequiresGrad(true)
		loss := func(a, b torch.Tensor) torch.Tensor { return Loss(Logits(a, w), Logits(b, w), shares, 50) }
		one := torch.Grad(loss(z1, z2), []torch.Tensor{z1, z2}, torch.GradOptions{})
		loss(z1, z2.Detach()).Backward()
		loss(z1.Detach(), z2).Backward()
		for i, z := range []torch.Tensor{z1, z2} {
			if d := torchtest.Difference(one[i], z.Grad()); d > 1e-7 || torch.Item[float64](z.Grad().Norm()) < 1e-2 {
				t.Errorf("gradient by view %d differs by %g; its size is %g", i+1, d, torch.Item[float64](z.Grad().Norm()))
			}
		}
	})
}
