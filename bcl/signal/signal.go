package signal

import (
	"fmt"
	"slices"
	"strings"
)

// Name names a signal in settings and files.
type Name string

// The signals.
const (
	Loss         Name = "loss"
	Align        Name = "align"
	Density      Name = "density"
	COLT         Name = "colt"
	Nearest      Name = "nearest-negative"
	MeanNegative Name = "mean-negative"
	Neighbour    Name = "neighbour"
	Purity       Name = "purity"
	Disagreement Name = "disagreement"
)

// Direction tells which values are taken for the tail's.
type Direction int

// The directions.
const (
	High Direction = 1  // high values: the signal as it is
	Low  Direction = -1 // low values: the signal negated
)

// String returns "high" or "low".
func (d Direction) String() string {
	if d == Low {
		return "low"
	}
	return "high"
}

// Signal is an entry of the table.
type Signal struct {
	Name   Name
	Title  string // what it is, in a few words
	Tail   Direction
	Source string
	Record bool // training records it every epoch

	OfBatch func(Batch) []float64 // of each sample of a batch; nil: it is not of batches
	OfSet   func(Set) []float64   // of each sample of a set; nil: it is not of sets
	Labels  bool                  // OfSet needs labels
	Pruned  bool                  // OfSet needs a network with a pruned branch
}

// table is in the order of lists and help; recorded ones come first.
var table = []Signal{
	{Name: Loss, Title: "NT-Xent loss", Tail: High, Record: true, OfBatch: Batch.loss,
		Source: "BCL (Zhou et al. 2022, arXiv 2205.12693); MAK (Jiang et al. 2021, arXiv 2111.01004)"},
	{Name: Align, Title: "1 - cosine of the two views", Tail: High, Record: true, OfBatch: Batch.align,
		Source: "alignment of Wang and Isola 2020 (arXiv 2005.10242), half of the squared distance"},
	{Name: Density, Title: "log of the mean of exp(cosine/T) over the negatives", Tail: Low, Record: true, OfBatch: Batch.density,
		Source: "the negatives' part of NT-Xent; uniformity of Wang and Isola 2020; rwSAM (Liu et al. 2022, arXiv 2110.05025) weights by a density"},
	{Name: COLT, Title: "share of the softmax that the largest negatives have", Tail: Low, Record: true, OfBatch: Batch.colt,
		Source: "COLT (Bai et al. 2023, arXiv 2306.04934, section 3.2), the 10 largest as in its released code"},
	{Name: Nearest, Title: "largest cosine with a negative", Tail: Low, OfBatch: Batch.nearest, OfSet: Set.nearest,
		Source: "nearest neighbour of the projections"},
	{Name: MeanNegative, Title: "mean cosine with the negatives", Tail: Low, OfBatch: Batch.mean, OfSet: Set.mean,
		Source: "the negatives' part of NT-Xent at a high temperature"},
	{Name: Neighbour, Title: "cosine of the features with those of the 10th neighbour", Tail: Low, OfSet: Set.neighbour,
		Source: "kNN density: Sun et al. 2022 (arXiv 2204.06507) for samples out of distribution"},
	{Name: Purity, Title: "share of its class among the 10 nearest neighbours", Tail: Low, OfSet: Set.purity, Labels: true,
		Source: "leave-one-out kNN; for analysis, as it needs labels"},
	{Name: Disagreement, Title: "1 - cosine of the full and the pruned branch", Tail: High, OfSet: Set.disagreement, Pruned: true,
		Source: "SDCLR (Jiang et al. 2021, arXiv 2106.02990): pruning forgets rare samples first (Hooker et al. 2020, arXiv 1911.05248)"},
}

// All lists the signals.
func All() []Signal { return slices.Clone(table) }

// Recorded lists the signals that training records every epoch; the loss comes first.
func Recorded() (list []Name) {
	for _, s := range table {
		if s.Record {
			list = append(list, s.Name)
		}
	}
	return list
}

// Lookup returns the signal of a name.
func Lookup(n Name) (Signal, bool) {
	i := slices.IndexFunc(table, func(s Signal) bool { return s.Name == n })
	if i < 0 {
		return Signal{}, false
	}
	return table[i], true
}

// Parse returns a recorded signal by its name.
func Parse(name string) (Signal, error) {
	s, ok := Lookup(Name(name))
	if !ok || !s.Record {
		return Signal{}, fmt.Errorf("signal %q is not one of %s", name, List(Recorded()))
	}
	return s, nil
}

// List joins names for messages.
func List(names []Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}

// Tailness returns values so that larger ones are taken for the tail's: themselves or their
// negation.
func (s Signal) Tailness(values []float32) []float32 {
	if s.Tail == High {
		return values
	}
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = -v
	}
	return out
}
