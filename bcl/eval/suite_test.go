package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

var small = model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 2}

// tiny is a Suite of all classifiers on a few images and two protocols.
func tiny(t *testing.T) *Suite {
	t.Helper()
	probe := images{24, -1, -1}
	shots, err := protocol.Shots(probe, nil, 4, 3)
	if err != nil {
		t.Fatal(err)
	}
	s := NewSuite(probe, images{12, -1, -1}, score.Groups{{0}, {1}, {2}}, 8)
	s.Protocols = []protocol.Protocol{{Name: "full", Subsets: []protocol.Subset{{}}}, shots}
	s.Classifiers = All()
	s.Validation = images{6, -1, -1}
	of[*Probe](s).Epochs = 5
	tune, sdclr := of[*FineTune](s), of[*SDCLR](s)
	tune.Epochs, tune.Batch = 2, 8
	sdclr.Full.Epochs, sdclr.FewShot.Epochs, sdclr.Full.Batch = 3, 5, 8
	return s
}

// network is SDCLR's, with two branches, or SimCLR's.
func network(dual bool) model.Network {
	if dual {
		return model.NewSDCLR(small)
	}
	return model.NewSimCLR(small)
}

// of returns the classifier of a kind.
func of[C Classifier](s *Suite) (found C) {
	for _, c := range s.Classifiers {
		if c, ok := c.(C); ok {
			return c
		}
	}
	panic("none of this kind")
}

func encoder(net model.Network, dual bool) Encoder {
	return Encoder{Net: net.Encoder(), New: func() model.Encoder { return network(dual).Encoder() }}
}

// trace is everything that measuring must not change.
func trace(net nn.Module) (b []byte) {
	for _, s := range nn.StateDict(net) {
		b = append(b, s.Tensor.Bytes()...)
		if g := s.Tensor.Grad(); g.Defined() {
			b = append(b, g.Bytes()...)
		}
		b = fmt.Append(b, s.Name, s.Tensor.RequiresGrad(), s.Tensor.Stride())
	}
	nn.Walk(net, func(name string, m nn.Module) { b = fmt.Append(b, name, nn.IsTraining(m)) })
	return append(b, torch.RNGState(torch.CPU).Bytes()...)
}

// A network in training, with gradients and one part in another mode, does not change by
// a byte, nor do libtorch's generators; measured again it gives the same results, those
// of its full branch.
func TestMeasureLeavesNoTrace(t *testing.T) {
	for _, dual := range []bool{false, true} {
		torchtest.Do(t, func() {
			torch.ManualSeed(1)
			net := network(dual)
			if s, ok := net.(*model.SDCLR); ok {
				if err := s.Prune(model.Pruning{Share: 0.9}, 1, 1); err != nil {
					t.Fatal(err)
				}
			}
			x := torch.Rand([]int64{4, 3, 8, 8})
			net.Forward(x).Square().Mean().Backward()
			part := net.Encoder()
			nn.Eval(part)
			nn.Train(net)
			first := true
			nn.Walk(part, func(name string, m nn.Module) {
				if name == "bn1" && first {
					nn.Eval(m)
					first = false
				}
			})
			before := trace(net)
			s := tiny(t)
			calls := map[string]int{}
			s.Progress = func(task string, done, total int) {
				if calls[task]++; done < 1 || done > total {
					t.Errorf("%s: %d of %d", task, done, total)
				}
			}
			results, err := s.Measure(context.Background(), encoder(net, dual))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(trace(net), before) {
				t.Errorf("dual %v: measuring changed something", dual)
			}
			names := Names(s.Classifiers)
			if len(results) != 2*len(names) {
				t.Fatalf("%d results", len(results))
			}
			for i, r := range results {
				by, shots := names[i%len(names)], i >= len(names)
				if r.Classifier != by || (r.Protocol == "4-shot") != shots || (len(r.Subsets) == 3) != shots || (r.Spread != nil) != shots {
					t.Errorf("result %d: %+v", i, r)
				}
				if want := map[bool]int{false: 24, true: 12}[shots]; r.Images != want {
					t.Errorf("%s fitted on %d images, want %d", by, r.Images, want)
				}
			}
			if len(calls) < 8 || calls[""] > 0 {
				t.Errorf("progress of %v", calls)
			}
			torch.Randn([]int64{3})
			again, err := s.Measure(context.Background(), encoder(net, dual))
			if err != nil {
				t.Fatal(err)
			}
			a, _ := json.Marshal(results)
			b, _ := json.Marshal(again)
			if !bytes.Equal(a, b) {
				t.Errorf("dual %v: measured again:\n%s\n%s", dual, a, b)
			}
		})
	}
}

// All of the probe set and the list of all its samples give the same results, and a Suite
// gives those of its classifiers alone.
func TestMeasureIsItsParts(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(1)
		net := network(false)
		s := tiny(t)
		s.Classifiers = []Classifier{of[*KNN](s), of[*Probe](s)}
		var all []int
		for i := range 24 {
			all = append(all, i)
		}
		s.Protocols = []protocol.Protocol{protocol.Everything()}
		whole, err := s.Measure(context.Background(), encoder(net, false))
		if err != nil {
			t.Fatal(err)
		}
		s.Protocols = []protocol.Protocol{{Subsets: []protocol.Subset{{Rows: all}}}}
		listed, err := s.Measure(context.Background(), encoder(net, false))
		if err != nil || !reflect.DeepEqual(whole, listed) {
			t.Errorf("all listed: %+v, whole: %+v, %v", listed, whole, err)
		}
		e := Extractor{Net: net.Encoder(), Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: 256, Workers: 1}}
		probe, err := e.Features(context.Background(), s.Probe)
		if err != nil {
			t.Fatal(err)
		}
		test, err := e.Features(context.Background(), s.Test)
		if err != nil {
			t.Fatal(err)
		}
		top, err := of[*Probe](s).Predict(context.Background(), probe, 3, test.X)
		if err != nil {
			t.Fatal(err)
		}
		if want := score.Of(top, test.Y, 3, s.Groups); !reflect.DeepEqual(whole[1].Accuracy, want) {
			t.Errorf("probe in the suite %+v, alone %+v", whole[1].Accuracy, want)
		}
	})
}

// strange is a data set with other classes and labels.
type strange struct {
	images
	classes []string
	label   int // of sample 1
}

func (s strange) Classes() []string { return s.classes }
func (s strange) Label(i int) int {
	if i == 1 {
		return s.label
	}
	return s.images.Label(i)
}

func TestSuiteErrors(t *testing.T) {
	torchtest.Do(t, func() {
		abc := []string{"a", "b", "c"}
		for want, change := range map[string]func(s *Suite){
			`class 2 is "d", not "c"`:         func(s *Suite) { s.Test = strange{images{12, -1, -1}, []string{"a", "b", "d"}, 1} },
			"2 classes, not 3":                func(s *Suite) { s.Test = strange{images{12, -1, -1}, abc[:2], 1} },
			"image 1 has label 3, expected 0": func(s *Suite) { s.Test = strange{images{12, -1, -1}, abc, 3} },
			"image 4 has no label":            func(s *Suite) { s.Probe = images{24, 4, -1} },
			"test images: the set is empty":   func(s *Suite) { s.Test = images{0, -1, -1} },
			`l.npy: class "b" has no image`: func(s *Suite) {
				s.Protocols = []protocol.Protocol{{Subsets: []protocol.Subset{{Name: "l.npy", Rows: []int{0, 2}}}}}
			},
			"l.npy: index 24": func(s *Suite) {
				s.Protocols = []protocol.Protocol{{Subsets: []protocol.Subset{{Name: "l.npy", Rows: []int{0, 24}}}}}
			},
			"without a classifier":             func(s *Suite) { s.Classifiers = nil },
			"no protocol":                      func(s *Suite) { s.Protocols = nil },
			`protocol "x" has no subsets`:      func(s *Suite) { s.Protocols = []protocol.Protocol{{Name: "x"}} },
			"kNN with k = 0, temperature 0":    func(s *Suite) { of[*KNN](s).Temperature = 0 },
			"knn-k is -1, expected":            func(s *Suite) { of[*KNN](s).K = -1 },
			"ridge with penalty NaN":           func(s *Suite) { of[*Ridge](s).Penalty = math.NaN() },
			"logistic regression with 0 iter":  func(s *Suite) { of[*Logistic](s).Iterations = 0 },
			"tolerance 0.0001, penalty +Inf":   func(s *Suite) { of[*Logistic](s).Penalty = math.Inf(1) },
			"linear probe with 0 epochs":       func(s *Suite) { of[*Probe](s).Epochs = 0 },
			`crop "middle" is not`:             func(s *Suite) { s.Crop = "middle" },
			"fine-tuning with 2 epochs":        func(s *Suite) { of[*FineTune](s).Momentum = 1 },
			"SDCLR's probe with 3 epochs":      func(s *Suite) { of[*SDCLR](s).LR = 0 },
			"none of 4 epochs is validated":    func(s *Suite) { of[*SDCLR](s).FewShot.Epochs = 4 },
			"sdclr-epochs is -1, expected":     func(s *Suite) { of[*SDCLR](s).Epochs = -1 },
			"images of 0 pixels":               func(s *Suite) { s.Size = 0 },
			"resized to 7 pixels and cropped":  func(s *Suite) { s.Resize = 7 },
			"evaluation needs labelled images": func(s *Suite) { s.Probe = nil },
			"broken image":                     func(s *Suite) { s.Classifiers, s.Probe = []Classifier{of[*FineTune](s)}, images{24, -1, 4} },
			"needs Encoder.New":                func(*Suite) {},
		} {
			s := tiny(t)
			change(s)
			net := network(false)
			e := encoder(net, false)
			if strings.HasPrefix(want, "needs") {
				e.New = nil
			}
			before := trace(net)
			s.Progress = func(task string, _, _ int) {
				if !strings.Contains(want, "broken") {
					t.Errorf("%s: found only after %s", want, task)
				}
			}
			if _, err := s.Measure(context.Background(), e); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q in it", err, want)
			}
			if !bytes.Equal(trace(net), before) {
				t.Errorf("%s: the failure changed something", want)
			}
		}
		var none dataset.Dataset
		if s := NewSuite(none, none, score.Groups{}, 8); s.Check() == nil {
			t.Error("a suite without data is no error")
		}
	})
}
