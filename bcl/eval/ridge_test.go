package eval

import (
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

const solvers = "testdata/solvers.safetensors"

func solverSet(g *torchtest.Goldens) Set {
	y := g.Tensor("y")
	return Set{X: g.Tensor("x"), Y: torch.Slice[int64](y), Labels: y}
}

// Weights, and the penalty that cross-validation chooses, are those of the normal
// equations.
func TestRidgeIsTheNormalEquations(t *testing.T) {
	g := torchtest.Open(t, solvers)
	torchtest.Do(t, func() {
		train := solverSet(g)
		for name, r := range map[string]Ridge{"fixed": {Penalty: 0.3}, "chosen": {}} {
			w, b := r.fit(train, 4)
			g.Near("ridge/"+name+"/weight", w, 1e-9)
			g.Near("ridge/"+name+"/bias", b, 1e-9)
		}
		p := newRidge(train, 4)
		var scores []float64
		for _, r := range penalties() {
			scores = append(scores, p.gcv(r*p.scale()))
		}
		g.Near("ridge/gcv", torch.FromSlice(scores), 1e-9)
		g.Near("ridge/penalty", torch.FromSlice([]float64{p.choose()}), 1e-12)
	})
	g.Unused("ridge/")
}

func TestRidgePredicts(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(2)
		train, test := blobs(200, 6), blobs(100, 6)
		top, err := Ridge{}.Predict(train, 6, test.X)
		if err != nil {
			t.Fatal(err)
		}
		if a := score.Of(top, test.Y, 6, score.Groups{}); a.Top1 != 100 || len(top[0]) != 5 {
			t.Errorf("%v %% right, %d classes per row; want 100 and 5", a.Top1, len(top[0]))
		}
		// Fewer images than features, and features that never change.
		few := Set{X: torch.Randn([]int64{8, 20}), Labels: torch.FromSlice([]int64{0, 1, 2, 0, 1, 2, 0, 1})}
		few.X.Narrow(1, 5, 3).Fill_(1)
		if top, err := (Ridge{}).Predict(few, 3, few.X); err != nil || len(top) != 8 {
			t.Errorf("few images: %v", err)
		}
		flat := Set{X: torch.Ones([]int64{4, 2}), Labels: torch.FromSlice([]int64{0, 1, 1, 1})}
		if top, err := (Ridge{}).Predict(flat, 2, flat.X); err != nil || top[0][0] != 1 {
			t.Errorf("features all equal: %v, %v; want the larger class", top, err)
		}
		for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
			if _, err := (Ridge{Penalty: bad}).Predict(train, 6, test.X); err == nil || !strings.Contains(err.Error(), "penalty") {
				t.Errorf("penalty %v: error %v", bad, err)
			}
		}
	})
}
