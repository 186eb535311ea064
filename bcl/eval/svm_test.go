package eval

import (
	"context"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

const svmGoldens = "testdata/svm.safetensors"

// firsts are the best classes of each row.
func firsts(top [][]int64) (first []int64) {
	for _, row := range top {
		first = append(first, row[0])
	}
	return first
}

// The minimum is that of scikit-learn's LinearSVC, and so are the predictions.
func TestSVMIsLinearSVC(t *testing.T) {
	g := torchtest.Open(t, svmGoldens)
	torchtest.Do(t, func() {
		train, test := solverSet(g), g.Tensor("test")
		for name, c := range map[string]float64{"one": 1, "ten": 10} {
			s := SVM{C: c, Iterations: 2000, Tolerance: 1e-10}
			theta, err := s.fit(context.Background(), train, 4)
			if err != nil {
				t.Fatal(err)
			}
			g.Near(name+"/theta", theta, 1e-6)
			for _, s := range []SVM{s, {C: c, Iterations: 1000, Tolerance: DefaultSVM().Tolerance}} {
				top, err := s.Predict(context.Background(), train, 4, test)
				if err != nil {
					t.Fatal(err)
				}
				g.Same(name+"/classes", torch.FromSlice(firsts(top)))
			}
		}
	})
	if err := (SVM{C: 0, Iterations: 1, Tolerance: 1}).Check(nil); err == nil || !strings.Contains(err.Error(), "C = 0") {
		t.Errorf("C = 0: %v", err)
	}
}

// Majority votes are scikit-learn's, where of equal votes the first class wins.
func TestMajorityIsScikitLearns(t *testing.T) {
	g := torchtest.Open(t, svmGoldens)
	torchtest.Do(t, func() {
		train, test := solverSet(g), g.Tensor("test")
		for name, k := range map[string]KNN{"knn/1": {K: 1, Temperature: 1}, "knn/10": {K: 10, Temperature: 1, Weights: UniformWeights}} {
			top, err := k.Predict(train, 4, test)
			if err != nil {
				t.Fatal(err)
			}
			g.Same(name, torch.FromSlice(firsts(top)))
		}
		tie := Set{X: torch.FromSlice([]float32{1, 0, 0.9, 0.1, 0, 1}, 3, 2), Y: []int64{2, 1, 0}, Labels: torch.FromSlice([]int64{2, 1, 0})}
		top, err := KNN{K: 2, Temperature: 1, Weights: UniformWeights}.Predict(tie, 3, torch.FromSlice([]float32{1, 0}, 1, 2))
		if err != nil || top[0][0] != 1 {
			t.Errorf("classes 2 and 1 with one vote each: %v, %v; want 1 first", top, err)
		}
	})
	if err := (KNN{K: 1, Temperature: 1, Weights: "distance"}).Check(nil); err == nil || !strings.Contains(err.Error(), "uniform") {
		t.Errorf("weights distance: %v", err)
	}
}
