package eval

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch"
)

// The classifiers, by the names that --by has.
const (
	ByKNN      = "knn"         // [KNN]
	ByProbe    = "probe"       // [Probe]
	ByRidge    = "ridge"       // [Ridge]
	ByLBFGS    = "lbfgs"       // [Logistic]
	BySDCLR    = "probe-sdclr" // [SDCLRProbe]
	ByFineTune = "finetune"    // [FineTune]
)

// Classifiers returns the names of all classifiers.
func Classifiers() []string { return []string{ByKNN, ByProbe, ByRidge, ByLBFGS, BySDCLR, ByFineTune} }

// Suite is what networks are measured with: data, protocols, classifiers. One Suite
// measures any number of networks, or one network again and again while it trains.
// [NewSuite] fills in the defaults.
type Suite struct {
	Probe, Test dataset.Dataset // labelled, of the same classes
	Validation  dataset.Dataset // picks the epoch of SDCLR's probe; nil: the last
	Groups      score.Groups
	Protocols   []Protocol
	By          []string // classifiers

	KNN          KNN // K of 0: as many as a class has images to fit on, at most 200
	Linear       Probe
	Ridge        Ridge
	Logistic     Logistic
	FineTune     FineTune
	SDCLRFull    SDCLRProbe // for protocols of everything and of lists
	SDCLRFewShot SDCLRProbe // for protocols of some images a class

	Device  torch.Device
	Size    int // side of the images, pixels
	Batch   int // images at once
	Workers int // goroutines that read images
	// Progress, if set, is called as work goes on: task says on what.
	Progress func(task string, done, total int)
}

// NewSuite returns a Suite of the published protocol on the whole probe set, with the
// defaults of bcl-eval, on the CPU.
func NewSuite(probe, test dataset.Dataset, g score.Groups, size int) *Suite {
	return &Suite{
		Probe: probe, Test: test, Groups: g, Protocols: []Protocol{Everything()}, By: []string{ByKNN, ByProbe},
		KNN: KNN{Temperature: 0.07}, Linear: Published(), Logistic: DefaultLogistic(), FineTune: DefaultFineTune(),
		SDCLRFull: SDCLRFull(), SDCLRFewShot: SDCLRFewShot(),
		Device: torch.CPU, Size: size, Batch: 256, Workers: 1,
	}
}

// CheckClassifiers returns an error that names a classifier there is not.
func CheckClassifiers(by []string) error {
	if len(by) == 0 {
		return errors.New("no classifier is named")
	}
	for _, c := range by {
		if !slices.Contains(Classifiers(), c) {
			return fmt.Errorf("classifier %q is not one of %s", c, strings.Join(Classifiers(), ", "))
		}
	}
	return nil
}

// Check returns an error if data, protocols and classifiers do not go together.
func (s *Suite) Check() error {
	if err := CheckClassifiers(s.By); err != nil {
		return err
	}
	if s.Size < 1 || s.Batch < 1 || s.Workers < 1 {
		return fmt.Errorf("images of %d pixels, %d at once, %d workers: expected at least 1 of each", s.Size, s.Batch, s.Workers)
	}
	if s.Probe == nil || s.Test == nil {
		return errors.New("evaluation needs labelled images to fit on and to test on")
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
		return errors.New("no protocol says what to fit on")
	}
	for _, p := range s.Protocols {
		if len(p.Subsets) == 0 {
			return fmt.Errorf("protocol %q has no subsets", p.Name)
		}
		for _, subset := range p.Subsets {
			if err := s.checkSubset(subset); err != nil {
				return err
			}
		}
	}
	return s.checkSettings()
}

// checkSettings looks at the settings of the classifiers that are wanted, so that
// none fails after hours of others.
func (s *Suite) checkSettings() error {
	checks := map[string]func() error{
		ByKNN: func() error {
			k := s.KNN
			if k.K == 0 {
				k.K = 1 // by the images a class, which are at least that
			}
			return k.check()
		},
		ByRidge:    s.Ridge.check,
		ByLBFGS:    s.Logistic.check,
		ByProbe:    s.Linear.check,
		BySDCLR:    s.checkSDCLR,
		ByFineTune: s.FineTune.check,
	}
	for _, by := range s.By {
		if check := checks[by]; check != nil {
			if err := check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// sdclr is the setting of SDCLR's probe for a protocol.
func (s *Suite) sdclr(p Protocol) SDCLRProbe {
	if p.Shots > 0 {
		return s.SDCLRFewShot
	}
	return s.SDCLRFull
}

func (s *Suite) checkSDCLR() error {
	if err := errors.Join(s.SDCLRFull.check(), s.SDCLRFewShot.check()); err != nil || s.Validation == nil {
		return err
	}
	for _, p := range s.Protocols {
		if err := s.sdclr(p).checkValidated(); err != nil {
			return err
		}
	}
	return nil
}

func checkLabels(ds dataset.Dataset, classes int) error {
	if ds.Len() == 0 {
		return errors.New("there are none")
	}
	for i := range ds.Len() {
		switch c := ds.Label(i); {
		case c < 0:
			return fmt.Errorf("%s has no label: evaluation needs one for every image", ds.Name(i))
		case c >= classes:
			return fmt.Errorf("%s has label %d, expected 0 to %d", ds.Name(i), c, classes-1)
		}
	}
	return nil
}

// checkSubset returns an error that names a class without images to fit on.
func (s *Suite) checkSubset(subset Subset) error {
	counts, err := subset.counts(s.Probe)
	if err != nil {
		return err
	}
	where := subset.Name
	if where == "" {
		where = "the probe set"
	}
	for c, n := range counts {
		if n == 0 {
			return fmt.Errorf("%s: class %q has no image to fit on", where, s.Probe.Classes()[c])
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
