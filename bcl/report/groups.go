package report

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/imbalance"
)

// Group measures what features say of a tail without labels. They are N x width, of samples
// drawn from all alike ([imbalance.Sample]); fewer than [imbalance.Least] say nothing.
func (r *Run) Group(features []float32, width int) {
	if len(features) < imbalance.Least*width {
		return
	}
	var err error
	if r.Unlabelled, err = imbalance.Measure(features, width, 1); err != nil {
		r.note("Without groups of the features: %v.", err)
	}
}

// grouped is the panel of what can be said without labels.
func (p *pageData) grouped(r *Run) (block, bool) {
	u := r.Unlabelled
	if u == nil || len(u.Clusters) == 0 {
		return block{}, false
	}
	t := table{Head: []string{"clusters", "sizes, the largest first", "unevenness", "without groups", "same by seed", "small ones kept", "large ones kept"}}
	for _, c := range u.Clusters {
		t.Rows = append(t.Rows, []string{fmt.Sprint(c.K), sizes(c.Sizes), short2(c.Gini), short2(c.Null.Gini), short2(c.Agreement), short2(c.Small.Stability), short2(c.Large.Stability)})
	}
	note := u.Say() + fmt.Sprintf(" k-means of the features of %d images, whatever their labels. Unevenness is the Gini coefficient of the sizes (0: equal), beside that of features without groups; “same by seed” is 1 where every start finds the same clusters. A class may be several clusters, so small clusters need not be rare kinds.", u.Samples)
	return block{Title: "Is there a tail to find?", Note: note, Table: &t}, true
}

// sizes lists some sizes, and the smallest.
func sizes(list []int) string {
	const shown = 5
	text := ""
	for _, n := range list[:min(shown, len(list))] {
		text += fmt.Sprintf("%d ", n)
	}
	return fmt.Sprintf("%s… %d", text, list[len(list)-1])
}

func short2(v float64) string { return fmt.Sprintf("%.2f", v) }
