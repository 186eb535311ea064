package score_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
)

func ExampleClassSizeEffect() {
	// The mean loss of three classes, whose sizes are dealt in two ways: class 2 is hard, and
	// 100 times more images lower the loss by half a nat.
	loss := [][]float64{{2.0, 2.25, 4.5}, {2.5, 2.26, 3.99}}
	size := [][]int{{1000, 100, 10}, {10, 100, 1000}}
	e, err := score.ClassSizeEffect(loss, size)
	fmt.Printf("%.2f ± %.2f, %v\n", e.Per100, e.SE, err)
	// Output: -0.51 ± 0.01, <nil>
}

func ExamplePairs() {
	p, err := score.Pairs([]float64{1.5, 0.5, 1.0}) // of three seeds
	fmt.Printf("%+.2f [%.2f, %.2f], %d of %d, %v\n", p.Mean, p.Interval[0], p.Interval[1], p.Wins, p.N, err)
	// Output: +1.00 [-0.24, 2.24], 3 of 3, <nil>
}

func ExampleFirstEpochShare() {
	for _, epochs := range []int{20, 200} {
		share, _ := score.FirstEpochShare(0.97, epochs)
		fmt.Printf("%d epochs: %.1f %%\n", epochs, 100*share)
	}
	// Output:
	// 20 epochs: 56.1 %
	// 200 epochs: 0.2 %
}

func ExampleAssessTail() {
	counts := []int{40, 20, 10, 5}
	groups, _ := score.ByThirds(counts)
	var weights []float64
	var labels []int
	for c, n := range counts {
		for i := range n {
			labels = append(labels, c)
			weights = append(weights, float64(c)+float64(i%7)/3)
		}
	}
	a, err := score.AssessTail(weights, labels, counts, groups, 1)
	// The order is good, yet four classes are in it by chance once in 24 times.
	fmt.Printf("%.2f, samples %v, classes %v, %v\n", a.Macro.Value, a.Macro.Samples.P < 0.01, a.Macro.Classes.P < 0.05, err)
	// Output: 0.91, samples true, classes false, <nil>
}

func TestHolm(t *testing.T) {
	got := score.Holm([]float64{0.04, 0.01, 0.03, 0.5})
	for i, want := range []float64{0.09, 0.04, 0.09, 0.5} {
		if math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("%v, want %v at %d", got, want, i)
		}
	}
}

func TestEvidenceErrors(t *testing.T) {
	for want, err := range map[string]error{
		"no pairs":               second(score.Pairs(nil)),
		"at least 2":             second(score.ClassSizeEffect([][]float64{{1, 2}}, [][]int{{1, 2}})),
		"expected 2 classes":     second(score.ClassSizeEffect([][]float64{{1, 2}, {1}}, [][]int{{1, 2}, {1}})),
		"has 0 images":           second(score.ClassSizeEffect([][]float64{{1, 2}, {1, 2}}, [][]int{{1, 0}, {1, 2}})),
		"the same size":          second(score.ClassSizeEffect([][]float64{{1, 2}, {1, 2}}, [][]int{{1, 2}, {1, 2}})),
		"too few":                second(score.ClassSizeEffect([][]float64{{1, 2}, {1, 2}}, [][]int{{1, 2}, {2, 1}})),
		"at least one epoch":     second(score.FirstEpochShare(0.97, 0)),
		"momentum 1 over 3 epoc": second(score.FirstEpochShare(1, 3)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func BenchmarkAssessTail(b *testing.B) {
	n := 10_000
	counts, labels, values := make([]int, 100), make([]int, n), make([]float64, n)
	for i := range labels {
		labels[i], values[i] = i%(1+i%100), float64((i*7919)%n)
		counts[labels[i]]++
	}
	g, _ := score.ByThirds(counts)
	for b.Loop() {
		if _, err := score.AssessTail(values, labels, counts, g, 1); err != nil {
			b.Fatal(err)
		}
	}
}
