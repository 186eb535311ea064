package eval

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func matrix(x [][]float64) torch.Tensor {
	var flat []float64
	for _, row := range x {
		flat = append(flat, row...)
	}
	return torch.FromSlice(flat, int64(len(x)), int64(len(x[0]))).To(torch.Float32)
}

// The signals of a set are those of scikit-learn's neighbours and PyTorch's operators
// (bcl/signal/testdata), every one that package signal lists.
func TestSignalsOfASet(t *testing.T) {
	text, err := os.ReadFile("../signal/testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Sets []struct {
			signal.Set
			Signals map[signal.Name][]float64
		}
	}
	if err := json.Unmarshal(text, &g); err != nil || len(g.Sets) == 0 {
		t.Fatal(err)
	}
	torchtest.Do(t, func() {
		for _, set := range g.Sets {
			labels := make([]int64, len(set.Labels))
			for i, l := range set.Labels {
				labels[i] = int64(l)
			}
			v := embedded{matrix(set.Features), matrix(set.Projections), matrix(set.Pruned)}
			got, err := v.signals(context.Background(), labels, func(string, int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range signal.All() {
				if s.OfSet == nil {
					continue
				}
				for i, want := range set.Signals[s.Name] {
					if len(got[s.Name]) != len(labels) || !(math.Abs(float64(got[s.Name][i])-want) <= 1e-6) {
						t.Fatalf("%s of sample %d is %v, want %v", s.Name, i, got[s.Name], want)
					}
				}
			}
			ctx, cancel := context.WithCancelCause(context.Background())
			enough := errors.New("enough")
			cancel(enough)
			if _, err := v.signals(ctx, nil, nil); err != enough {
				t.Errorf("cancelled: error %v", err)
			}
			got, err = embedded{features: v.features}.signals(context.Background(), nil, func(string, int, int) {})
			if _, ok := got[signal.Neighbour]; !ok || len(got) != 1 || err != nil {
				t.Errorf("of features alone, without labels: %v, %v", got, err)
			}
		}
	})
}

// A pass of each kind of network, which is left as it was.
func TestSetSignals(t *testing.T) {
	torchtest.Do(t, func() {
		for _, kind := range model.Kinds() {
			net := kind.New(model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 2}).(model.Projected)
			s := &SetSignals{Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: 4, Workers: 2}, Net: net.Encoder(), Network: net}
			tasks := map[string]int{}
			s.Progress = func(task string, done, total int) {
				if tasks[task] = done; total != 10 {
					t.Errorf("%s: %d of %d", task, done, total)
				}
			}
			want := map[string]int{"features": 10, "neighbours": 10, "negatives": 10}
			names := []signal.Name{signal.Nearest, signal.MeanNegative, signal.Neighbour, signal.Purity}
			dual, ok := net.(*model.SDCLR)
			if ok {
				if err := dual.Prune(model.Pruning{Share: 0.5}, 1, 1); err != nil {
					t.Fatal(err)
				}
				want["pruned branch"], names = 10, append(names, signal.Disagreement)
			}
			got, err := s.Measure(context.Background(), images{10, -1, -1})
			if err != nil || len(got) != len(names) || len(tasks) != len(want) {
				t.Fatalf("%s: %v, %v, %v", kind.Name, got, tasks, err)
			}
			for _, name := range names {
				for i, v := range got[name] {
					if !(v >= -1-1e-6 && v <= 2+1e-6) || len(got[name]) != 10 {
						t.Errorf("%s: %s of sample %d is %v", kind.Name, name, i, v)
					}
				}
			}
			for task, n := range want {
				if tasks[task] != n {
					t.Errorf("%s: %s ended at %d", kind.Name, task, tasks[task])
				}
			}
			if ok && !(got[signal.Disagreement][0] > 1e-4) {
				t.Errorf("half of the weights pruned: disagreement %v", got[signal.Disagreement])
			}
			if !nn.IsTraining(net) {
				t.Errorf("%s: the network was left in evaluation mode", kind.Name)
			}
			if got, err := s.Measure(context.Background(), images{10, 3, -1}); err != nil || got[signal.Purity] != nil || got[signal.Neighbour] == nil {
				t.Errorf("%s, a sample without a label: %v, %v", kind.Name, got, err)
			}
		}
	})
}
