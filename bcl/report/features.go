package report

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/umap"
)

// MaxPoints is how many samples of all runs together a page maps.
const MaxPoints = 1500

// Vectors are what the network of a run makes of some of its samples.
type Vectors struct {
	Rows     []int        // the samples, N of the run's
	Images   []*rgb.Image // of them, of any size; nil: none are shown
	Features []float32    // of the encoder, N x Width: what is evaluated
	Width    int
	// Views are what the projector makes of two views of the first M samples, M x Projected
	// each: what the loss sees. nil without.
	Views     [2][]float32
	Projected int
}

// Features are what the vectors of a run show.
type Features struct {
	Vectors

	// NaN is what is not known.
	Rank          float64 // effective rank of the features
	ProjectedRank float64 // and of the projections
	// Alignment is the mean squared distance of two views of a sample, 0 to 4, and
	// Uniformity the logarithm of the mean of exp(-2 d^2) over pairs of samples, 0 where all
	// are at one place, -4 where they are spread evenly, of projections of length 1 (Wang and
	// Isola: "Understanding Contrastive Representation Learning through Alignment and
	// Uniformity on the Hypersphere", ICML 2020, arXiv 2005.10242, section 4).
	Alignment, Uniformity float64

	PCA, UMAP []float32 // N x 2; nil: not known
	Share     [2]float64
	knn       umap.Knn // by cosine; K is 0 if not known
}

// neighbours of a sample that are looked at.
const neighbours = 15

// rankSamples is how many samples ranks and pairs are measured on.
const rankSamples = 512

// Show measures vectors and lays them out, for the page. A figure that cannot be computed is
// not known, which a note says, and all others are shown: vectors that do not fit together are
// the only error.
func (r *Run) Show(v Vectors) error {
	n := len(v.Rows)
	if n < 3 || v.Width < 1 || len(v.Features) != n*v.Width || v.Images != nil && len(v.Images) != n {
		return fmt.Errorf("%d samples, %d values of features of %d, %d images: they do not fit, or are fewer than 3 samples", n, len(v.Features), v.Width, len(v.Images))
	}
	if p := v.Projected; p > 0 && (len(v.Views[0]) != len(v.Views[1]) || len(v.Views[0])%p != 0) {
		return errors.New("the projections of two views do not fit")
	}
	nan := math.NaN()
	f := &Features{Vectors: v, Rank: nan, ProjectedRank: nan, Alignment: nan, Uniformity: nan}
	r.Features = f
	without := func(what string, err error) bool {
		if err != nil {
			r.note("Without %s: %v.", what, err)
		}
		return err != nil
	}
	var err error
	f.Rank, err = effectiveRank(v.Features, v.Width)
	without("the rank of the features", err)
	if p := v.Projected; p > 0 && len(v.Views[0]) >= 2*p {
		f.ProjectedRank, err = effectiveRank(v.Views[0], p)
		without("the rank of the projections", err)
		a, b := unitRows(v.Views[0], p), unitRows(v.Views[1], p)
		f.Alignment, f.Uniformity = alignment(a, b, p), uniformity(a, p)
	}
	unit := unitRows(v.Features, v.Width)
	if f.knn, err = umap.Neighbours(unit, v.Width, min(neighbours, n-1)); without("map, neighbours, duplicates and outliers", err) {
		return nil
	}
	if f.PCA, f.Share, err = umap.PCA(unit, v.Width); without("the map", err) {
		return nil
	}
	f.UMAP, err = umap.Layout(f.knn, f.PCA, umap.Options{Epochs: 200, Seed: 1})
	without("the map by UMAP", err)
	return nil
}

// unitRows scales each row to length 1.
func unitRows(x []float32, width int) []float32 {
	out := make([]float32, len(x))
	for i := 0; i < len(x); i += width {
		sum := 0.0
		for _, v := range x[i : i+width] {
			sum += float64(v) * float64(v)
		}
		scale := 1 / max(math.Sqrt(sum), 1e-12)
		for d, v := range x[i : i+width] {
			out[i+d] = float32(float64(v) * scale)
		}
	}
	return out
}

func alignment(a, b []float32, width int) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return sum / float64(len(a)/width)
}

func uniformity(x []float32, width int) float64 {
	n := min(len(x)/width, rankSamples)
	sum, pairs := 0.0, 0.0
	for i := range n {
		for j := range i {
			d2 := 0.0
			for d := range width {
				e := float64(x[i*width+d]) - float64(x[j*width+d])
				d2 += e * e
			}
			sum += math.Exp(-2 * d2)
			pairs++
		}
	}
	return math.Log(sum / pairs)
}

func (r *Run) collapsed() Verdict {
	v := Verdict{Unknown, "Did the features collapse?", "Not known", "That takes the network and images: bcl-report measures it. A total collapse would hold the loss at its chance value."}
	f := r.Features
	if f == nil {
		return v
	}
	rank, width, what := f.Rank, f.Width, "features"
	if !math.IsNaN(f.ProjectedRank) {
		rank, width, what = f.ProjectedRank, f.Projected, "projections"
	}
	v.Why = fmt.Sprintf("How many directions the %s use is not known.", what)
	if !math.IsNaN(rank) {
		v.Why = fmt.Sprintf("The %s use as many as %.0f of %d directions (effective rank).", what, rank, width)
	}
	uniform := f.Uniformity
	switch {
	case f.Projected == 0:
		uniform = math.Inf(-1)
	case math.IsNaN(f.Alignment) || math.IsNaN(uniform):
		v.Why += " Alignment and uniformity are not known."
	default:
		v.Why += fmt.Sprintf(" Two views of an image are %.2f apart (alignment: 0 is best, unrelated ones are 2 apart); uniformity is %.2f (0: all images at one place; −4: spread evenly).", f.Alignment, uniform)
	}
	switch {
	case rank < 2 || uniform > -0.2:
		v.Level, v.Answer = Bad, "Yes"
	case rank < 0.05*float64(width) || uniform > -1:
		v.Level, v.Answer = Warning, "In part: few directions are used"
	case !math.IsNaN(rank) && !math.IsNaN(uniform):
		v.Level, v.Answer = Good, "No"
	}
	return v
}

// pair are two of the samples that are mapped, by their place in Rows.
type pair struct {
	a, b   int
	cosine float64
}

// cosine is that of the m-th neighbour of a sample.
func (f *Features) cosine(i, m int) float64 {
	d := float64(f.knn.Distance[i*f.knn.K+m])
	return 1 - d*d/2
}

// duplicates are the pairs of samples that are most alike, at most k: each the other's nearest.
func (f *Features) duplicates(k int) (pairs []pair) {
	for i := range f.Rows {
		j := int(f.knn.Index[i*f.knn.K])
		if i < j && int(f.knn.Index[j*f.knn.K]) == i {
			pairs = append(pairs, pair{i, j, f.cosine(i, 0)})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.cosine, a.cosine) })
	return pairs[:min(k, len(pairs))]
}

// outliers are the samples whose five nearest are farthest away, at most k.
func (f *Features) outliers(k int) (list []pair) {
	for i := range f.Rows {
		m := min(5, f.knn.K)
		sum := 0.0
		for l := range m {
			sum += f.cosine(i, l)
		}
		list = append(list, pair{i, int(f.knn.Index[i*f.knn.K]), sum / float64(m)})
	}
	slices.SortStableFunc(list, func(a, b pair) int { return cmp.Compare(a.cosine, b.cosine) })
	return list[:min(k, len(list))]
}

// confusion is how often the nearest of a class's samples are of another class.
type confusion struct {
	from, to int
	share    float64
}

// confusions are the pairs of classes that are confused most, at most k: of each sample the
// five nearest others are asked.
func (f *Features) confusions(labels []int, classes, k int) (list []confusion) {
	asked, votes := make([]float64, classes), make([]float64, classes*classes)
	for i, row := range f.Rows {
		c := labels[row]
		if c < 0 {
			continue
		}
		for _, j := range f.knn.Index[i*f.knn.K : i*f.knn.K+min(5, f.knn.K)] {
			if other := labels[f.Rows[j]]; other >= 0 {
				votes[c*classes+other]++
				asked[c]++
			}
		}
	}
	for i, v := range votes {
		if from, to := i/classes, i%classes; from != to && v > 0 {
			list = append(list, confusion{from, to, v / asked[from]})
		}
	}
	slices.SortStableFunc(list, func(a, b confusion) int { return cmp.Compare(b.share, a.share) })
	return list[:min(k, len(list))]
}
