package eval

import "context"

// Nearest is the class of the training image whose features have the highest cosine
// similarity: what Kukleva et al. (ICLR 2023, Temperature Schedules) report as KNN@1.
type Nearest struct{ KNN }

func init() { Register(func() Nearest { return Nearest{KNN{K: 1, Temperature: 1}} }) }

// Spec implements [Classifier].
func (*Nearest) Spec() Spec { return Spec{Name: "1nn", Rank: 15} }

// Classify implements [Classifier].
func (n *Nearest) Classify(_ context.Context, m *Measurement) ([][][]int64, error) {
	return m.Each(n.Spec().Name, func(p Part) ([][]int64, error) {
		return n.Predict(m.Set(p.Subset), m.Classes, m.Features.Test.X)
	})
}
