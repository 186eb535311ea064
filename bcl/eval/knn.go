package eval

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch"
)

// KNN is the weighted nearest-neighbour vote of Wu et al. (CVPR 2018, arXiv
// 1805.01978, section 3.4): the K training features most similar by cosine vote
// for their class with weight exp(similarity / Temperature).
type KNN struct {
	K           int // 200 in the paper; 0: training samples per class, at most 200
	Temperature float64
	Weights     string // "": as above; UniformWeights: each neighbour has one vote
}

// UniformWeights are those of a plain majority vote (scikit-learn's weights="uniform"); of
// classes with as many votes, the first wins.
const UniformWeights = "uniform"

// similarityWeights is the name of those of the paper for users.
const similarityWeights = "similarity"

func init() { Register(DefaultKNN) }

// DefaultKNN has the temperature of the paper.
func DefaultKNN() KNN { return KNN{Temperature: 0.07, Weights: similarityWeights} }

// Spec implements [Classifier].
func (k *KNN) Spec() Spec {
	return Spec{
		Name: score.KNN, Rank: 10,
		Settings: []settings.Setting{
			{Name: "knn-k", Usage: "nearest neighbours; 0: images per class, at most 200", Value: &k.K, Check: settings.AtLeast(&k.K, 0)},
			{Name: "knn-temperature", Usage: "temperature of the votes' weights", Value: &k.Temperature},
			{Name: "knn-weights", Values: []string{similarityWeights, UniformWeights}, Usage: "of the votes: similarity, or uniform for a majority", Value: &k.Weights, Check: k.checkWeights},
		},
	}
}

func (k *KNN) checkWeights() error {
	if k.Weights != "" && k.Weights != similarityWeights && k.Weights != UniformWeights {
		return fmt.Errorf("%q, expected %s or %s", k.Weights, similarityWeights, UniformWeights)
	}
	return nil
}

// Check implements [Classifier]. No Suite is needed.
func (k KNN) Check(*Suite) error {
	if k.K < 0 || !(k.Temperature > 0) {
		return fmt.Errorf("kNN with k = %d, temperature %v: expected at least 0 and above 0", k.K, k.Temperature)
	}
	if err := k.checkWeights(); err != nil {
		return fmt.Errorf("kNN with weights %w", err)
	}
	return nil
}

// Classify implements [Classifier].
func (k KNN) Classify(_ context.Context, m *Measurement) ([][][]int64, error) {
	return m.Each(k.Spec().Name, func(p Part) ([][]int64, error) {
		return k.Predict(m.Set(p.Subset), m.Classes, m.Features.Test.X)
	})
}

// Predict returns for each row of x (M x D) the classes, best first, M x min(5, classes).
func (k KNN) Predict(train Set, classes int, x torch.Tensor) (top [][]int64, err error) {
	if err := k.Check(nil); err != nil {
		return nil, err
	}
	if k.K == 0 {
		k.K = max(1, min(200, int(train.X.Size(0))/classes))
	}
	const rows = 1024 // per chunk, so that similarities of large sets fit in memory
	err = torch.Do(func() error {
		known := train.X.Normalize(1, 1e-12).T()
		n := x.Size(0)
		for lo := int64(0); lo < n; lo += rows {
			part := x.Narrow(0, lo, min(rows, n-lo))
			if err := torch.Do(func() error {
				votes := k.votes(part.Normalize(1, 1e-12).Mm(known), train.Labels, classes)
				top = append(top, best(votes)...)
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return top, err
}

// votes sums the weights of the nearest neighbours for each class, rows x classes.
func (k KNN) votes(similarity, labels torch.Tensor, classes int) torch.Tensor {
	near, at := similarity.TopK(min(int64(k.K), similarity.Size(1)), 1, true)
	// Relative to the nearest neighbour, or a low temperature would overflow; a common
	// factor of all votes of a row changes nothing.
	weight := near.Sub(near.Narrow(1, 0, 1)).DivScalar(k.Temperature).Exp()
	if k.Weights == UniformWeights {
		weight = torch.Full(near.Shape(), float64(classes), torch.On(torch.Float32, near.Device()))
	}
	class := labels.IndexSelect(0, at.Flatten(0)).View(at.Shape()...)
	votes := torch.Zeros([]int64{similarity.Size(0), int64(classes)}, torch.On(torch.Float32, similarity.Device()))
	votes.ScatterAdd_(1, class, weight)
	if k.Weights == UniformWeights { // whole numbers, each less than one vote: the first class wins a tie
		order := torch.Arange(0, int64(classes)).To(torch.Float32).ToDevice(similarity.Device())
		votes = votes.Sub(order.Unsqueeze(0))
	}
	return votes
}

// best returns the indices of the (at most 5) largest values in each row, largest first.
func best(scores torch.Tensor) [][]int64 {
	k := min(5, scores.Size(1))
	_, at := scores.TopK(k, 1, true)
	flat := torch.Slice[int64](at.ToDevice(torch.CPU))
	var rows [][]int64
	for len(flat) > 0 {
		rows = append(rows, flat[:k:k])
		flat = flat[k:]
	}
	return rows
}
