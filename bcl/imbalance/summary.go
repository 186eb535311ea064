package imbalance

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Most is how many samples at most are to be measured: all pairs are compared.
const Most = 1500

// Least is the smallest number of samples, so that there are clusters of several.
const Least = 50

// Summary is what is measured. Values of Null are the same of samples from one Gaussian with the
// features' mean and covariance: of as many, without groups.
type Summary struct {
	Samples  int        `json:"samples"`
	Clusters []Clusters `json:"clusters"`
	// Excess is the Gini coefficient of the clusters' sizes less that of the null's, mean over
	// the numbers of clusters; where all seeds find the same clusters, of that number alone, as
	// the splits of more are arbitrary.
	Excess     float64 `json:"excess_gini"`
	Neighbours Spread  `json:"neighbours"`
	Null       Spread  `json:"neighbours_null"`
}

// Clusters are those of k-means at one K, means over some seeds.
type Clusters struct {
	K     int   `json:"k"`
	Sizes []int `json:"sizes"` // of the first seed, the largest first
	Sizing
	// Gap is the log of the null's dispersion less that of the samples (Tibshirani, Walther,
	// Hastie 2001: "Estimating the number of clusters in a data set via the gap statistic"):
	// 0 without groups. Dispersion is the sum of 1 - cosine with the centre.
	Gap float64 `json:"gap"`
	// Agreement is the adjusted Rand index of two seeds' clusters, mean over pairs: 1 for the
	// same clusters, 0 for chance.
	Agreement float64 `json:"agreement"`
	// Small and Large are of the clusters of the smaller half by size, and of the others.
	Small Kept   `json:"small_half"`
	Large Kept   `json:"large_half"`
	Null  Sizing `json:"null"`
}

// Sizing is how uneven sizes are.
type Sizing struct {
	Gini     float64 `json:"gini"`     // 0 for equal sizes, to 1
	Entropy  float64 `json:"entropy"`  // of the shares, over that of equal ones: 1 for equal sizes
	Smallest float64 `json:"smallest"` // share of the samples in the smallest fifth of the clusters
}

// Kept is how well clusters hold together, means over them.
type Kept struct {
	// Stability is the largest Jaccard index with a cluster of another seed (Hennig 2007:
	// "Cluster-wise assessment of cluster stability").
	Stability float64 `json:"stability"`
	Purity    float64 `json:"purity"` // share of a sample's 10 nearest in its cluster
}

// Spread is how samples lie among the others, by the cosine of features.
type Spread struct {
	Tenth   [3]float64 `json:"tenth"`   // cosine with the 10th nearest: 10th, 50th and 90th percentile
	Hubness float64    `json:"hubness"` // skewness of how often one is among another's 10 nearest (Radovanovic et al. 2010)
	// Density is the deviation of log mean exp(cosine/0.2) over the others.
	Density float64 `json:"density"`
}

// neighbours of a sample.
const neighbours = 10

// temperature of the density, the published one.
const temperature = 0.2

// seeds of k-means, of the samples and of the null.
const seeds, nullSeeds = 4, 2

// Measure summarises features, N x width; [Least] <= N. It compares all pairs: more than
// [Most] take long. Random numbers depend on the seed alone.
func Measure(x []float32, width int, seed uint64) (*Summary, error) {
	if width < 1 || len(x)%max(1, width) != 0 {
		return nil, fmt.Errorf("%d values are not rows of %d", len(x), width)
	}
	n := len(x) / width
	if n < Least {
		return nil, fmt.Errorf("%d samples, expected at least %d", n, Least)
	}
	if slices.ContainsFunc(x, func(v float32) bool { return v-v != 0 }) {
		return nil, errors.New("the features have NaN or infinite values")
	}
	if slices.Equal(x[width:], x[:len(x)-width]) {
		return nil, errors.New("all samples have the same features")
	}
	real, null := matrix{unit(x, width), n, width}, matrix{unit(gaussian(x, width, seed), width), n, width}
	s := &Summary{Samples: n}
	var near []int32
	s.Neighbours, near = spread(real)
	s.Null, _ = spread(null)
	for _, k := range []int{10, 20, 50} {
		if n < 5*k {
			break
		}
		s.Clusters = append(s.Clusters, measure(real, null, k, seed, near))
	}
	list := s.Clusters
	if i := slices.IndexFunc(list, func(c Clusters) bool { return c.Agreement > 0.95 }); i >= 0 {
		list = list[i : i+1]
	}
	for _, c := range list {
		s.Excess += (c.Gini - c.Null.Gini) / float64(len(list))
	}
	return s, nil
}

func measure(real, null matrix, k int, seed uint64, near []int32) Clusters {
	c := Clusters{K: k}
	dispersion, without := 0.0, 0.0
	var found [][]int // clusters of each seed
	for s := range seeds {
		of, d := kmeans(real, k, seed, s)
		sizes := count(of, k)
		if s == 0 {
			c.Sizes = slices.Clone(sizes)
			slices.SortFunc(c.Sizes, func(a, b int) int { return b - a })
		}
		c.Sizing.add(sizing(sizes), seeds)
		dispersion += d / seeds
		found = append(found, of)
	}
	for s := range nullSeeds {
		of, d := kmeans(null, k, seed, s)
		c.Null.add(sizing(count(of, k)), nullSeeds)
		without += d / nullSeeds
	}
	c.Gap = math.Log(max(without, 1e-12)) - math.Log(max(dispersion, 1e-12))
	pairs := float64(seeds*(seeds-1)) / 2
	for a := range found {
		for b := range a {
			c.Agreement += adjustedRand(found[a], found[b], k) / pairs
		}
		half := keep(found, a, k, near)
		c.Small.add(half[0], seeds)
		c.Large.add(half[1], seeds)
	}
	return c
}

func (s *Sizing) add(o Sizing, of float64) {
	s.Gini += o.Gini / of
	s.Entropy += o.Entropy / of
	s.Smallest += o.Smallest / of
}

func (h *Kept) add(o Kept, of float64) {
	h.Stability += o.Stability / of
	h.Purity += o.Purity / of
}
