package eval

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// measured are the results of a Suite, as JSON has them.
func measured(t *testing.T, s *Suite, net model.Network) (results []score.Result, text string) {
	t.Helper()
	results, err := s.Measure(context.Background(), encoder(net, false))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(results)
	if err != nil {
		t.Fatal(err)
	}
	return results, string(b)
}

// Trials with seeds from 10 on give what single trials with each of those seeds give, and
// their mean; what draws nothing is fitted once. The seeds of the classifiers stay.
func TestTrialsAreSingleTrials(t *testing.T) {
	for _, crop := range []views.Crop{"", views.CropPad} {
		torchtest.Do(t, func() {
			torch.ManualSeed(1)
			net := network(false)
			s := tiny(t)
			s.Classifiers = []Classifier{of[*KNN](s), of[*Probe](s)}
			s.ProbeCrop, s.Seed, s.Trials = crop, 10, 3
			all, _ := measured(t, s, net)
			if of[*Probe](s).Seed != 10 {
				t.Fatalf("the seed became %d", of[*Probe](s).Seed)
			}
			s.Trials = 1
			for trial := range 3 {
				s.Seed = 10 + uint64(trial)
				SetSeed(s.Classifiers, s.Seed)
				one, _ := measured(t, s, net)
				for i, r := range one {
					n, once := max(1, len(r.Subsets)), r.Classifier == score.KNN && crop == ""
					if once {
						if len(all[i].Subsets) != len(r.Subsets) {
							t.Errorf("%s, without crops: %d subsets in 3 trials, %d in one", r.Classifier, len(all[i].Subsets), len(r.Subsets))
						}
						continue
					}
					if len(all[i].Subsets) != 3*n {
						t.Fatalf("%s %s: %d subsets in 3 trials, %d in one", r.Protocol, r.Classifier, len(all[i].Subsets), n)
					}
					for k := range n {
						want := r.Accuracy
						if len(r.Subsets) > 0 {
							want = r.Subsets[k].Accuracy
						}
						if got := all[i].Subsets[trial*n+k]; got.Accuracy.Top1 != want.Top1 {
							t.Errorf("crop %q, %s %s, %q: %v %%, alone %v %%", crop, r.Protocol, r.Classifier, got.Name, got.Accuracy.Top1, want.Top1)
						}
					}
				}
			}
			if name := all[1].Subsets[2].Name; name != "trial 3" {
				t.Errorf("the third trial of all images is called %q", name)
			}
		})
	}
}

// A crop of a probe image depends on the seed and the image alone: not on workers, batches,
// or what else is fitted. Test images are never cropped at random.
func TestProbeCrops(t *testing.T) {
	torchtest.Do(t, func() {
		e := Extractor{Net: &pixels{n: 3 * 64}, Images: Images{Plain: views.Plain{Size: 8}, ProbeCrop: views.CropPad, Seed: 10, Device: torch.CPU, Batch: 4, Workers: 1}}
		ds := images{24, -1, -1}
		of := func(e Extractor, rows []int) []float32 {
			s, err := e.Cropped(context.Background(), ds, rows)
			if err != nil {
				t.Fatal(err)
			}
			return torch.Slice[float32](s.X)
		}
		all := of(e, nil)
		other := e
		other.Batch, other.Workers = 7, 3
		if !slices.Equal(of(other, nil), all) {
			t.Error("workers or batches change the crops")
		}
		some := of(e, []int{20, 3})
		if !slices.Equal(some[:192], all[20*192:21*192]) || !slices.Equal(some[192:], all[3*192:4*192]) {
			t.Error("a crop depends on what else is fitted")
		}
		other = e
		other.Seed++
		if slices.Equal(of(other, nil), all) {
			t.Error("the seed does not change the crops")
		}
		plain, err := e.Features(context.Background(), ds)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(torch.Slice[float32](plain.X), all) || slices.Contains(torch.Slice[float32](plain.X)[192:], 0) {
			t.Error("images of the test set are cropped")
		}
	})
}

// The files of a fine-tuned network of several trials have names of their own.
func TestFilesOfTrials(t *testing.T) {
	s := tiny(t)
	s.Protocols = []protocol.Protocol{protocol.Everything()}
	s.Trials = 2
	tune := of[*FineTune](s)
	tune.Save = "net.pt"
	if got := tune.files(s); !slices.Equal(got, []string{"net-trial-1.pt", "net-trial-2.pt"}) {
		t.Errorf("files %q", got)
	}
}
