package eval

import (
	"reflect"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// set is features, one row per sample, with their classes.
func set(d int64, x []float32, y ...int64) Set {
	return Set{X: torch.FromSlice(x, int64(len(y)), d), Y: y, Labels: torch.FromSlice(y)}
}

func TestKNN(t *testing.T) {
	torchtest.Do(t, func() {
		// Class 0 about (1, 0), class 1 about (0, 1), class 2 about (-1, 0); length does
		// not matter.
		train := set(2, []float32{1, 0, 9, 1, 5, -1, 0, 2, 1, 7, -3, 0}, 0, 0, 0, 1, 1, 2)
		x := torch.FromSlice([]float32{2, 0.1, 0.1, 0.5, -8, 0.2}, 3, 2)
		for _, k := range []int{1, 2, 6, 1000} { // more than exist: all
			top, err := KNN{K: k, Temperature: 0.1}.Predict(train, 3, x)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []int64{0, 1, 2} {
				if len(top[i]) != 3 || top[i][0] != want {
					t.Errorf("k = %d: row %d is of class %v, want %d first", k, i, top[i], want)
				}
			}
		}
	})
}

// The vote is weighted: one close neighbour beats two far ones at a low temperature,
// and loses to them at a high one.
func TestKNNTemperature(t *testing.T) {
	torchtest.Do(t, func() {
		train := set(2, []float32{1, 0, 1, 1, 1, 1}, 1, 0, 0)
		x := torch.FromSlice([]float32{1, 0.1}, 1, 2)
		for temperature, want := range map[float64]int64{0.07: 1, 10: 0, 1e-3: 1, 1e-6: 1} { // exp(1/0.001) overflows
			top, err := KNN{K: 3, Temperature: temperature}.Predict(train, 2, x)
			if err != nil {
				t.Fatal(err)
			}
			if top[0][0] != want {
				t.Errorf("temperature %v: class %d, want %d", temperature, top[0][0], want)
			}
		}
	})
}

// A class has as many votes as neighbours; ties go to one of the tied classes.
func TestKNNTies(t *testing.T) {
	torchtest.Do(t, func() {
		train := set(1, []float32{1, 1, 1, 1, -1}, 3, 1, 3, 1, 2)
		x := torch.FromSlice([]float32{1}, 1, 1)
		first, err := KNN{K: 4, Temperature: 0.1}.Predict(train, 6, x)
		if err != nil {
			t.Fatal(err)
		}
		if best := first[0][0]; best != 1 && best != 3 {
			t.Errorf("class %d wins, it has no neighbour", best)
		}
		again, err := KNN{K: 4, Temperature: 0.1}.Predict(train, 6, x)
		if err != nil || !reflect.DeepEqual(first, again) {
			t.Errorf("a tie is broken as %v, then as %v", first, again)
		}
	})
}

// Rows are processed in chunks, each row as if alone.
func TestKNNManyRows(t *testing.T) {
	torchtest.Do(t, func() {
		train := set(2, []float32{1, 0, 0, 1}, 0, 1)
		torch.ManualSeed(1)
		x := torch.Randn([]int64{2500, 2})
		top, err := KNN{K: 1, Temperature: 0.1}.Predict(train, 2, x)
		if err != nil || len(top) != 2500 {
			t.Fatalf("%d rows, error %v", len(top), err)
		}
		v := torch.Slice[float32](x)
		for i := range top {
			want := int64(0)
			if v[2*i+1] > v[2*i] {
				want = 1
			}
			if top[i][0] != want {
				t.Fatalf("row %d %v: class %d", i, v[2*i:2*i+2], top[i][0])
			}
		}
	})
}

// K = 0 means the images per class, here 2.
func TestKNNByClassSize(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(2)
		train, x := blobs(12, 6), torch.Randn([]int64{200, 6})
		zero, err := KNN{K: 0, Temperature: 0.07}.Predict(train, 6, x)
		if err != nil {
			t.Fatal(err)
		}
		for k, same := range map[int]bool{1: false, 2: true, 3: false} {
			if top, err := (KNN{K: k, Temperature: 0.07}).Predict(train, 6, x); err != nil || reflect.DeepEqual(top, zero) != same {
				t.Errorf("k = %d, error %v: as k = 0: %v, want %v", k, err, !same, same)
			}
		}
	})
}

func TestKNNErrors(t *testing.T) {
	for _, k := range []KNN{{K: -1, Temperature: 0.1}, {K: 5}, {K: 5, Temperature: -1}} {
		torchtest.Do(t, func() {
			if _, err := k.Predict(set(1, []float32{1}, 0), 1, torch.Ones([]int64{1, 1})); err == nil {
				t.Errorf("%+v is no error", k)
			}
		})
	}
	torchtest.Do(t, func() {
		if _, err := (KNN{K: 1, Temperature: 1}).Predict(set(1, []float32{1}, 0), 1, torch.Ones([]int64{1, 2})); err == nil {
			t.Error("features of another size are no error")
		}
	})
}
