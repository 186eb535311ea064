package report

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// Bounds of what is looked at.
const (
	maxEpochs  = 64      // rows of the history
	maxSamples = 1 << 16 // of a row, for tail discovery
)

// permutations of the control: the lowest and the highest of 39 enclose 95 % of chance.
const permutations = 39

// Memory is what the momentum losses of a run show. Its slices of epochs are of those in
// Epochs, at most 64 of the run's.
type Memory struct {
	Epochs []int
	Mean   []float64    // momentum loss over all samples
	Groups [3][]float64 // over those of Many, Medium, Few; nil without labels
	// Few is the area under the ROC curve by which the memory ranks samples of Few classes
	// above all others: 0.5 is chance ([score.Tail]). Control is the lowest and the highest
	// of 39 times that the same weights are dealt to other samples. nil without groups.
	Few     []float64
	Control [2][]float64

	Loss    []float32 // of each sample, in the last epoch
	Weights []float64 // of each sample, as the next epoch is trained with ([run.Weighing])
	// Controlled is whether a control is in place of the memory's weights.
	Controlled bool
	Class      []float64 // mean weight of each class, NaN without samples; nil without labels
}

// remember reads the momentum losses. Epochs that were looked at before are kept.
func (r *Run) remember() error {
	m := &Memory{}
	old := r.Memory
	if old == nil {
		old = m
	}
	all := 0
	at, rows, err := run.HistoryOf(r.dir, func(epochs int) (missing []int) {
		all = epochs
		for _, e := range spread(epochs, maxEpochs) {
			if !slices.Contains(old.Epochs, e+1) || e == epochs-1 {
				missing = append(missing, e)
			}
		}
		return missing
	})
	if errors.Is(err, fs.ErrNotExist) || err == nil && all == 0 {
		r.Memory = nil
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range spread(all, maxEpochs) {
		if i := slices.Index(at, e); i >= 0 {
			r.addEpoch(m, e+1, rows[i])
		} else {
			m.keep(old, slices.Index(old.Epochs, e+1))
		}
	}
	last := rows[len(rows)-1]
	if n := r.samples(); n > 0 && len(last) != n {
		return fmt.Errorf("%s is of %d samples, the run of %d", run.File(r.dir, run.HistoryFile), len(last), n)
	}
	if m.Epochs == nil || m.Epochs[len(m.Epochs)-1] != all { // NaN: a run of the authors' checkpoint
		r.Memory = nil
		return nil
	}
	m.Loss = last
	w, err := run.WeighingOf(r.Settings)
	if err == nil {
		m.Controlled = w.Controlled()
		m.Weights, err = w.Shown(last, all, r.Labels)
	}
	if err != nil {
		return fmt.Errorf("the weights of the run are not known: %w", err)
	}
	if r.Labels != nil && len(r.Labels) == len(last) {
		m.Class = byClass(m.Weights, r.Labels, len(r.Classes))
	}
	r.Memory = m
	return nil
}

// spread returns at most k of 0 ... n-1, evenly, the first and the last among them.
func spread(n, k int) (at []int) {
	// A step that is a power of two keeps what was looked at before while n grows.
	step := 1
	for (n+step-1)/step > k-1 {
		step *= 2
	}
	for i := 0; i < n; i += step {
		at = append(at, i)
	}
	if n > 0 && at[len(at)-1] != n-1 {
		at = append(at, n-1)
	}
	return at
}

// keep takes an epoch over from another memory.
func (m *Memory) keep(old *Memory, i int) {
	if i < 0 { // it was NaN
		return
	}
	m.Epochs, m.Mean = append(m.Epochs, old.Epochs[i]), append(m.Mean, old.Mean[i])
	for g := range m.Groups {
		if old.Groups[g] != nil {
			m.Groups[g] = append(m.Groups[g], old.Groups[g][i])
		}
	}
	if old.Few != nil {
		m.Few = append(m.Few, old.Few[i])
		m.Control[0], m.Control[1] = append(m.Control[0], old.Control[0][i]), append(m.Control[1], old.Control[1][i])
	}
}

// addEpoch adds what the losses of an epoch show; one with a NaN, lost or of a run of the
// authors' checkpoint, or an infinite value is left out.
func (r *Run) addEpoch(m *Memory, epoch int, loss []float32) {
	sum := 0.0
	for _, l := range loss {
		sum += float64(l)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return
	}
	m.Epochs, m.Mean = append(m.Epochs, epoch), append(m.Mean, sum/float64(len(loss)))
	if len(r.Labels) != len(loss) || r.Groups.None() {
		return
	}
	group := make([]int, len(r.Classes))
	for g, classes := range r.Groups {
		for _, c := range classes {
			group[c] = g
		}
	}
	sums, n := [3]float64{}, [3]float64{}
	var scores []float64
	var few []bool
	stride := (len(loss) + maxSamples - 1) / maxSamples
	for i, l := range loss {
		c := r.Labels[i]
		if c < 0 {
			continue
		}
		g := group[c]
		sums[g] += float64(l)
		n[g]++
		if i%stride == 0 {
			scores, few = append(scores, float64(l)), append(few, g == 2)
		}
	}
	for g := range sums {
		m.Groups[g] = append(m.Groups[g], sums[g]/n[g])
	}
	// The memory's weights grow with momentum losses, whatever the weighting: they rank samples
	// alike.
	auc, err := score.AUC(scores, few)
	lo, hi := math.NaN(), math.NaN()
	if err != nil {
		auc = math.NaN()
	} else {
		lo, hi = control(scores, few, uint32(epoch))
	}
	m.Few = append(m.Few, auc)
	m.Control[0], m.Control[1] = append(m.Control[0], lo), append(m.Control[1], hi)
}

// control returns the lowest and the highest AUC of scores dealt to other samples. By ranks
// (Mann and Whitney 1947) a permutation takes as many steps as there are positives.
func control(scores []float64, positive []bool, epoch uint32) (lo, hi float64) {
	n := len(scores)
	sorted := slices.Sorted(slices.Values(scores))
	ranks := make([]float64, n) // of all scores in their order, equal ones the mean of theirs
	for i := 0; i < n; {
		j := i
		for j < n && sorted[j] == sorted[i] {
			j++
		}
		for k := i; k < j; k++ {
			ranks[k] = float64(i+j+1) / 2
		}
		i = j
	}
	k := 0
	for _, p := range positive {
		if p {
			k++
		}
	}
	lo, hi = 1, 0
	for p := range permutations {
		s := rng.New(uint64(p), rng.Resample, epoch, 0, 0)
		sum := 0.0
		for i := range k { // the first k of a permutation
			j := i + s.IntN(n-i)
			ranks[i], ranks[j] = ranks[j], ranks[i]
			sum += ranks[i]
		}
		auc := (sum - float64(k)*float64(k+1)/2) / float64(k) / float64(n-k)
		lo, hi = min(lo, auc), max(hi, auc)
	}
	return lo, hi
}

// byClass returns the mean of each class.
func byClass(values []float64, labels []int, classes int) []float64 {
	mean, n := make([]float64, classes), make([]float64, classes)
	for i, c := range labels {
		if c >= 0 {
			mean[c] += values[i]
			n[c]++
		}
	}
	for c := range mean {
		mean[c] /= n[c]
	}
	return mean
}
