package loss_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestTemperatureSchedule(t *testing.T) {
	c := loss.PublishedTemperature()
	for epoch, want := range map[int]float64{1: 1, 101: 0.55, 201: 0.1, 301: 0.55, 401: 1, 601: 0.1} {
		if got := c.At(epoch); math.Abs(got-want) > 1e-12 {
			t.Errorf("epoch %d: temperature %v, want %v", epoch, got, want)
		}
	}
	// The formula of the description of the method.
	for e := range 900 {
		want := 0.1 + 0.45*(1+math.Cos(math.Pi*float64(e)/200))
		if got := c.At(e + 1); math.Abs(got-want) > 1e-12 {
			t.Fatalf("epoch %d: temperature %v, want %v", e+1, got, want)
		}
	}
}

func TestParseTemperature(t *testing.T) {
	if c, err := loss.ParseTemperature("cosine"); err != nil || c != loss.PublishedTemperature() {
		t.Errorf("cosine: %v, %v", c, err)
	}
	if c, err := loss.ParseTemperature("0.2, 0.5,10"); err != nil || c != (loss.CosineTemperature{Low: 0.2, High: 0.5, Period: 10}) {
		t.Errorf("three numbers: %v, %v", c, err)
	}
	for _, bad := range []string{"", "linear", "0.1,1", "0.1,1,400,5", "0,1,400", "0.5,0.1,400", "0.1,1,0", "0.1,NaN,400", "0.1,inf,400", "a,b,c"} {
		if _, err := loss.ParseTemperature(bad); err == nil || !strings.Contains(err.Error(), "LOW,HIGH,PERIOD") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func TestPositiveWeights(t *testing.T) {
	torchtest.Do(t, func() {
		// Cosines 1, 0, -1 and 0, whatever the lengths: distances 0, 1, 2, 1.
		a := torch.FromSlice([]float32{2, 0, 0, 3, 1, 0, 1, 0}, 4, 2).SetRequiresGrad(true)
		b := torch.FromSlice([]float32{5, 0, 1, 0, -4, 0, 0, 1}, 4, 2)
		w := loss.PositiveWeights(a, b)
		for i, got := range torch.Slice[float32](w) {
			if want := []float32{0.5, 1, 1.5, 1}[i]; math.Abs(float64(got-want)) > 1e-6 {
				t.Errorf("weight %d is %v, want %v", i, got, want)
			}
		}
		loss.NTXent(a, b, 0.2).Mul(w).Mean().Backward()
		if !a.Grad().Defined() {
			t.Error("no gradient of the weighted loss")
		}
		for i, got := range torch.Slice[float32](loss.PositiveWeights(a, a)) {
			if math.Abs(float64(got)-1) > 1e-6 {
				t.Errorf("equal distances: weight %d is %v, want 1", i, got)
			}
		}
	})
}

func ExampleCosineTemperature() {
	c := loss.PublishedTemperature()
	fmt.Printf("%.2f %.2f %.2f\n", c.At(1), c.At(101), c.At(201))
	// Output: 1.00 0.55 0.10
}
