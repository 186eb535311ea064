package run

import (
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/settings"
)

// The weights of a run are by its settings: weighting, control, seed and epoch.
func TestWeighing(t *testing.T) {
	loss, labels := []float32{2, 2.2, 2.1, 5.1}, []int{0, 0, 0, 1}
	third, twoThirds := 1.0/3, 2.0/3 // variables: constants are exact
	dealt := func(seed uint64, epoch int) []float64 {
		c := memory.Published()
		w, err := c.Trained(memory.Shuffled, loss, seed, epoch, nil)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	for _, c := range []struct {
		config     string
		want       []float64
		controlled bool
	}{
		{"method: bcl-i", memory.Weights(loss), false},
		{"method: simclr", memory.Weights(loss), false},
		{"method: simclr\nmemory-weights: rank", memory.Ranks(loss), false},
		{"method: bcl-i\nmemory-weights: rank", memory.Ranks(loss), false},
		{"method: bcl-i\nmemory-control: constant", []float64{0.5, 0.5, 0.5, 0.5}, true},
		{"method: bcl-d-constant", []float64{0.5, 0.5, 0.5, 0.5}, true},
		{"method: bcl-i\nmemory-weights: rank\nmemory-control: inverted", []float64{1, 1 - twoThirds, 1 - third, 0}, true},
		{"method: bcl-i\nmemory-weights: rank\nmemory-control: oracle", []float64{1.0 / 3, 1.0 / 3, 1.0 / 3, 1}, true},
		{"method: bcl-i-shuffled\nseed: 3", dealt(3, 8), true},
		{"method: bcl-i\nmemory-control: shuffled\nseed: 10", dealt(10, 8), true},
	} {
		list, err := settings.Parse([]byte(c.config))
		if err != nil {
			t.Fatal(err)
		}
		w, err := WeighingOf(list)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := w.Shown(loss, 7, labels); err != nil || !slices.Equal(got, c.want) || w.Controlled() != c.controlled {
			t.Errorf("%q: %v, %v, controlled %v, want %v", c.config, got, err, w.Controlled(), c.want)
		}
	}
	for config, want := range map[string]string{
		"method: x": "method", "method: bcl-i\nmemory-weights: log": "Weights is log", "method: bcl-i\nseed: x": `seed is "x"`,
		"method: bcl-i\nmomentum-loss-beta: x": "momentum-loss-beta is", "method: bcl-i\nmemory-horizon: 0.5": "memory-horizon is",
	} {
		list, _ := settings.Parse([]byte(config))
		if _, err := WeighingOf(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", config, err, want)
		}
	}
	list, _ := settings.Parse([]byte("method: bcl-i\nmemory-control: oracle"))
	w, err := WeighingOf(list)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Shown(loss, 7, []int{0, 0, 0, -1}); err == nil || !strings.Contains(err.Error(), "sizes of classes") {
		t.Errorf("an oracle without labels: error %v", err)
	}
}
