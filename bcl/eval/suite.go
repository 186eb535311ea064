package eval

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/views"
)

// Suite measures networks: it has data, protocols and classifiers. One Suite measures any
// number of networks, or one network repeatedly while it trains. [NewSuite] fills in the
// defaults.
type Suite struct {
	Probe, Test dataset.Dataset // labelled, of the same classes
	Validation  dataset.Dataset // picks the epoch of SDCLR's probe; nil: the last
	Groups      score.Groups
	Protocols   []protocol.Protocol
	Classifiers []Classifier // such as new(Published()), or [Choose] of [All]

	// Trials, if more than 1, is how often classifiers are fitted, with seeds that each count
	// up from their first; results are the mean over trials and subsets. What draws no random
	// numbers is fitted once.
	Trials int

	Images // Resize is 256, and Filter bilinear, in ImageNet's protocol of 224
	// Predicted, if set, gets the predictions of each protocol and classifier: of each fit (in
	// each trial, of each subset), for each test image its classes, best first.
	Predicted func(protocol, classifier string, fits [][][]int64)
	// Progress, if set, is called during the work; task names it.
	Progress func(task string, done, total int)
}

// NewSuite returns a Suite of the published protocol on all of the probe set, with the
// defaults of bcl-eval, on the CPU.
func NewSuite(probe, test dataset.Dataset, g score.Groups, size int) *Suite {
	return &Suite{
		Probe: probe, Test: test, Groups: g, Protocols: []protocol.Protocol{protocol.Everything()},
		Classifiers: []Classifier{new(DefaultKNN()), new(Published())},
		Images:      Images{Plain: views.Plain{Size: size}, Crop: views.CropPad, Batch: 256, Workers: 1},
	}
}

// trials is how often classifiers are fitted.
func (s *Suite) trials() int { return max(1, s.Trials) }

// named returns a subset under the name that it has in a trial.
func (s *Suite) named(part protocol.Subset, trial int) protocol.Subset {
	if s.trials() > 1 {
		part.Name = strings.TrimSpace(fmt.Sprintf("%s trial %d", part.Name, trial+1))
	}
	return part
}

// Check returns an error if data, protocols and classifiers do not fit together.
func (s *Suite) Check() error {
	if len(s.Classifiers) == 0 {
		return errors.New("a suite without a classifier")
	}
	if s.Size < 1 || s.Batch < 1 || s.Workers < 1 {
		return fmt.Errorf("images of %d pixels, %d per batch, %d workers: expected at least 1 of each", s.Size, s.Batch, s.Workers)
	}
	if s.Resize != 0 && s.Resize < s.Size {
		return fmt.Errorf("images are resized to %d pixels and cropped to %d: expected at least as many, or 0", s.Resize, s.Size)
	}
	if err := s.Crop.Check(); err != nil {
		return err
	}
	if s.ProbeCrop != "" {
		if err := s.ProbeCrop.Check(); err != nil {
			return fmt.Errorf("probe images: %w", err)
		}
	}
	if s.Trials < 0 {
		return fmt.Errorf("%d trials, expected at least 1", s.Trials)
	}
	if s.Probe == nil || s.Test == nil {
		return errors.New("evaluation needs labelled images to fit and to test on")
	}
	classes := s.Probe.Classes()
	if other := s.Test.Classes(); !slices.Equal(classes, other) {
		return fmt.Errorf("the test images have other classes than those to fit on: %s", difference(other, classes))
	}
	for name, ds := range map[string]dataset.Dataset{"test": s.Test, "probe": s.Probe, "validation": s.Validation} {
		if ds == nil {
			continue
		}
		if err := checkLabels(ds, len(classes)); err != nil {
			return fmt.Errorf("%s images: %w", name, err)
		}
	}
	if len(s.Protocols) == 0 {
		return errors.New("no protocol is given")
	}
	for _, p := range s.Protocols {
		if err := p.Check(s.Probe); err != nil {
			return err
		}
	}
	// Settings too: no classifier should fail after hours of others.
	for _, c := range s.Classifiers {
		if err := cmp.Or(settings.Check(c.Spec().Settings), c.Check(s)); err != nil {
			return err
		}
	}
	return nil
}

func checkLabels(ds dataset.Dataset, classes int) error {
	if ds.Len() == 0 {
		return errors.New("the set is empty")
	}
	for i := range ds.Len() {
		switch c := ds.Label(i); {
		case c < 0:
			return fmt.Errorf("%s has no label: evaluation needs one for every image", quote.Name(ds.Name(i)))
		case c >= classes:
			return fmt.Errorf("%s has label %d, expected 0 to %d", quote.Name(ds.Name(i)), c, classes-1)
		}
	}
	return nil
}

// difference names the first class in which lists differ.
func difference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("class %d is %q, not %q", i, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d classes, not %d", len(a), len(b))
}
