package signal

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Over is a signal derived from the epochs of a recorded one.
type Over struct {
	Name  string // after a dash: density-spread
	Title string
	// Tail is the direction, or 0 for that of the signal itself.
	Tail Direction
	// Of returns the value of each sample from rows of epochs x samples, of which there is
	// at least one.
	Of func(rows [][]float32) []float64
}

// overs is the table of what [ParseOver] knows.
var overs = []Over{
	{"", "value of the last epoch", 0, Last},
	{"mean", "mean of the epochs", 0, Mean},
	{"change", "mean of the later half of the epochs minus that of the earlier", 0, Change},
	{"spread", "standard deviation over the epochs", High, Spread},
}

// Overs lists what follows a recorded signal's name in [ParseOver].
func Overs() []Over { return slices.Clone(overs) }

// ParseOver reads the name of a recorded signal, as density, or with what is derived from its
// epochs, as density-spread. It returns the derivation with its direction.
func ParseOver(name string) (Signal, Over, error) {
	first, rest, _ := strings.Cut(name, "-")
	s, err := Parse(first)
	i := slices.IndexFunc(overs, func(o Over) bool { return o.Name == rest })
	if err != nil || i < 0 || strings.HasSuffix(name, "-") {
		var ends []string
		for _, o := range overs[1:] {
			ends = append(ends, "-"+o.Name)
		}
		return Signal{}, Over{}, fmt.Errorf("signal %q is not one of %s, alone or with %s", name, List(Recorded()), strings.Join(ends, ", "))
	}
	o := overs[i]
	if o.Tail == 0 {
		o.Tail = s.Tail
	}
	return s, o, nil
}

// Known counts the epochs of which every sample's value is known, and those of which some are.
func Known(rows [][]float32) (whole, part int) {
	for _, row := range rows {
		n := 0
		for _, v := range row {
			if v == v { // not NaN
				n++
			}
		}
		switch n {
		case len(row):
			whole++
		case 0:
		default:
			part++
		}
	}
	return whole, part
}

// Last is the newest value. Here and below, epochs of which nothing is known (NaN), such as
// those that did not draw the sample, are left out, and a sample without any is NaN.
func Last(rows [][]float32) []float64 {
	out := make([]float64, len(rows[0]))
	for i := range out {
		out[i] = math.NaN()
		for e := len(rows) - 1; e >= 0 && math.IsNaN(out[i]); e-- {
			out[i] = float64(rows[e][i])
		}
	}
	return out
}

// Mean is the mean over the epochs.
func Mean(rows [][]float32) []float64 {
	mean, _ := moments(rows)
	return mean
}

// Change is how much a signal has risen: its mean over the later half of the epochs minus that
// over the earlier half. Of an odd number the middle one is in neither; of one epoch it is 0.
func Change(rows [][]float32) []float64 {
	half := len(rows) / 2
	if half == 0 {
		return make([]float64, len(rows[0]))
	}
	early, late := Mean(rows[:half]), Mean(rows[len(rows)-half:])
	for i := range late {
		late[i] -= early[i]
	}
	return late
}

// Spread is the standard deviation over the epochs (divided by their number), the variability
// of Swayamdipta et al. 2020 (arXiv 2009.10795) for another signal than the probability of the
// label.
func Spread(rows [][]float32) []float64 {
	_, variance := moments(rows)
	for i, v := range variance {
		variance[i] = math.Sqrt(v)
	}
	return variance
}

// moments returns means and variances over the epochs.
func moments(rows [][]float32) (mean, variance []float64) {
	n := make([]float64, len(rows[0]))
	mean, variance = make([]float64, len(n)), make([]float64, len(n))
	for _, row := range rows {
		for i, v := range row {
			if x := float64(v); !math.IsNaN(x) { // Welford's update
				n[i]++
				d := x - mean[i]
				mean[i] += d / n[i]
				variance[i] += d * (x - mean[i])
			}
		}
	}
	for i := range n {
		if n[i] == 0 {
			mean[i] = math.NaN()
		}
		variance[i] /= n[i] // NaN without any
	}
	return mean, variance
}
