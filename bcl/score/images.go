package score

import (
	"fmt"
	"math"
	"slices"
)

// ImageComparison is how the accuracies of two networks differ that were tested on the same
// images, by one classifier.
type ImageComparison struct {
	Images  int          `json:"test_images"`
	Fits    int          `json:"fits"` // of the classifier, on subsets and in trials
	Figures []Difference `json:"figures"`
	// McNemar is for a single fit.
	McNemar *McNemar `json:"mcnemar,omitempty"`
	// P is the p-value of no difference in top-1, on both sides: McNemar's, or for several fits
	// that of the bootstrap.
	P float64 `json:"p"`
}

// Difference is a figure in percent of two networks.
type Difference struct {
	Figure     string  `json:"figure"`
	Baseline   Percent `json:"baseline"` // means over the fits
	Value      Percent `json:"value"`
	Difference Percent `json:"difference"`
	// Interval is the 95 % percentile interval of the paired bootstrap over the test images
	// (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; Koehn 2004 for
	// pairs of systems): both networks are tested on the same draws, of as many images of each
	// class. It says nothing of other training seeds. nil: the figure is not known.
	Interval *[2]float64 `json:"interval"`
	// Fits is over the fits, each a pair on the same subset with the same seed; nil for one.
	Fits *Paired `json:"over_fits,omitempty"`
}

// McNemar is the exact test of McNemar (1947, Note on the sampling error of the difference
// between correlated proportions), which Dietterich (1998, Approximate statistical tests for
// comparing supervised classification learning algorithms) recommends for classifiers that
// were fitted once.
type McNemar struct {
	OnlyBaseline int     `json:"only_baseline_right"` // images
	OnlyOther    int     `json:"only_other_right"`
	P            float64 `json:"p"` // two-sided
}

// figures are what is compared, in order.
var figures = []struct {
	name string
	of   func(a *Accuracy) Percent
}{
	{"top-1", func(a *Accuracy) Percent { return Percent(a.Top1) }},
	{GroupNames[0], func(a *Accuracy) Percent { return a.Groups[0] }},
	{GroupNames[1], func(a *Accuracy) Percent { return a.Groups[1] }},
	{GroupNames[2], func(a *Accuracy) Percent { return a.Groups[2] }},
	{"worst third", func(a *Accuracy) Percent { return a.WorstThird }},
	{"harmonic", func(a *Accuracy) Percent { return a.Harmonic }},
	{"class std", func(a *Accuracy) Percent { return a.ClassStd }},
}

// imageResamples is how often test images are drawn.
const imageResamples = 1000

// CompareImages compares the predictions of two networks, for each fit those of every test
// image, right or wrong. The images' classes are y, of so many classes in the groups g. The
// same seed gives the same intervals, whatever the number of cores.
func CompareImages(baseline, other [][]bool, y []int64, classes int, g Groups, seed uint64) (*ImageComparison, error) {
	if len(baseline) == 0 || len(baseline) != len(other) || len(y) == 0 {
		return nil, fmt.Errorf("%d and %d fits on %d test images, expected the same number, and images", len(baseline), len(other), len(y))
	}
	for _, fits := range [][][]bool{baseline, other} {
		for _, right := range fits {
			if len(right) != len(y) {
				return nil, fmt.Errorf("predictions of %d images, expected %d", len(right), len(y))
			}
		}
	}
	members := make([][]int, classes)
	for i, c := range y {
		if c < 0 || int(c) >= classes {
			return nil, fmt.Errorf("test image %d has class %d, expected 0 to %d", i, c, classes-1)
		}
		members[c] = append(members[c], i)
	}
	// all are the figures by network, fit and figure, of the images drawn times times.
	all := func(times []float64) (of [2][][]Percent) {
		for n, fits := range [2][][]bool{baseline, other} {
			for _, right := range fits {
				a := drawnAccuracy(right, y, members, times, g)
				values := make([]Percent, len(figures))
				for f := range figures {
					values[f] = figures[f].of(&a)
				}
				of[n] = append(of[n], values)
			}
		}
		return of
	}
	mean := func(fits [][]Percent, f int) Percent {
		values := make([]Percent, len(fits))
		for i := range fits {
			values[i] = fits[i][f]
		}
		return average(values)
	}
	drawn := make([][]float64, imageResamples) // differences of the figures
	parallel(imageResamples, func(k int) {
		of := all(draw(members, len(y), seed, k, streamImages))
		for f := range figures {
			drawn[k] = append(drawn[k], float64(mean(of[1], f)-mean(of[0], f)))
		}
	})
	c := &ImageComparison{Images: len(y), Fits: len(baseline)}
	of := all(nil)
	for f := range figures {
		d := Difference{Figure: figures[f].name, Baseline: mean(of[0], f), Value: mean(of[1], f)}
		d.Difference = d.Value - d.Baseline
		if d.Difference.Known() {
			values := make([]float64, len(drawn))
			for k := range drawn {
				values[k] = drawn[k][f]
			}
			slices.Sort(values)
			d.Interval = new(middle(values))
			if f == 0 {
				c.P = null(0, values).P
			}
		}
		if err := d.overFits(of, f); err != nil {
			return nil, err
		}
		c.Figures = append(c.Figures, d)
	}
	if c.Fits == 1 {
		c.McNemar = newMcNemar(baseline[0], other[0])
		c.P = c.McNemar.P
	}
	return c, nil
}

// overFits adds the interval over several fits.
func (d *Difference) overFits(of [2][][]Percent, f int) error {
	if len(of[0]) < 2 || !d.Difference.Known() {
		return nil
	}
	var differences []float64
	for i := range of[0] {
		differences = append(differences, float64(of[1][i][f]-of[0][i][f]))
	}
	p, err := Pairs(differences)
	d.Fits = &p
	return err
}

// drawnAccuracy is [Of] of images that count so many times; nil: once.
func drawnAccuracy(right []bool, y []int64, members [][]int, times []float64, g Groups) (a Accuracy) {
	hits := make([]float64, len(members))
	for i, ok := range right {
		if ok {
			hits[y[i]] += weightOf(times, i)
		}
	}
	a.PerClass = make([]Percent, len(members))
	for c, of := range members {
		a.PerClass[c] = None()
		if len(of) > 0 { // as many are drawn
			a.PerClass[c] = Percent(100 * hits[c] / float64(len(of)))
			a.Top1 += hits[c]
		}
	}
	a.Top1 = 100 * a.Top1 / float64(len(y))
	a.overGroups(g)
	a.overClasses()
	return a
}

func newMcNemar(baseline, other []bool) *McNemar {
	m := &McNemar{}
	for i := range baseline {
		switch {
		case baseline[i] && !other[i]:
			m.OnlyBaseline++
		case other[i] && !baseline[i]:
			m.OnlyOther++
		}
	}
	// Twice the probability of at most so few of one kind among as many tosses of a coin.
	n := float64(m.OnlyBaseline + m.OnlyOther)
	lg := func(v float64) float64 { l, _ := math.Lgamma(v + 1); return l }
	for i := range min(m.OnlyBaseline, m.OnlyOther) + 1 {
		m.P += 2 * math.Exp(lg(n)-lg(float64(i))-lg(n-float64(i))-n*math.Ln2)
	}
	m.P = min(1, m.P)
	return m
}
