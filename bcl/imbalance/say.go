package imbalance

import "fmt"

// The excess that trained networks gave for sets of known sizes (docs/signals.md): after 200
// epochs 0.04 and 0.06 for two balanced ones, 0.07 to 0.10 for five with an imbalance of 100; after
// 60 epochs the two were alike. The limit is between the former, so that it is no test.
const (
	grouped = 0.1
	uneven  = 0.065
)

// Groups reports whether the features form groups at all, without which nothing can be said.
func (s *Summary) Groups() bool {
	for _, c := range s.Clusters {
		if c.Gap >= grouped {
			return true
		}
	}
	return false
}

// Say says in a sentence or two what the summary hints at.
func (s *Summary) Say() string {
	switch {
	case !s.Groups():
		return "The features form no more groups than features without any would: whether there is a tail cannot be told from them."
	case s.Excess < uneven:
		return fmt.Sprintf("The features form groups, and their sizes are hardly more uneven than without groups (Gini coefficient +%.2f): so were balanced sets in our trials, and long-tailed ones after short training.", max(0, s.Excess))
	}
	return fmt.Sprintf("The features form groups whose sizes are more uneven than without groups (Gini coefficient +%.2f): so were long-tailed sets after long training in our trials. It is a hint at a tail, no proof.", s.Excess)
}
