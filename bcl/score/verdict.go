package score

import "fmt"

// WithInterval is a difference in text, with its interval if it has one.
func WithInterval(difference float64, interval *[2]float64, decimals int) string {
	if interval == nil {
		return fmt.Sprintf("%+.*f", decimals, difference)
	}
	return fmt.Sprintf("%+.*f (%+.*f to %+.*f)", decimals, difference, decimals, interval[0], decimals, interval[1])
}

// Significant is the p-value below which a difference is more than noise.
const Significant = 0.05

// Verdict says in words which of two networks has the better top-1 by a classifier, or that
// the difference is within the noise. pHolm is P adjusted for all so many comparisons ([Holm]).
func (c *ImageComparison) Verdict(by, baseline, other string, pHolm float64, comparisons int) string {
	top := c.Figures[0]
	test := "McNemar's exact test"
	if c.McNemar == nil {
		test = "paired bootstrap"
	}
	p := fmt.Sprintf("%s: p = %.2g", test, c.P)
	if comparisons > 1 {
		p += fmt.Sprintf(", %.2g among %d comparisons (Holm)", pHolm, comparisons)
	}
	points := fmt.Sprintf("%+.2f points of top-1", float64(top.Difference))
	if pHolm >= Significant {
		noise := ""
		if top.Interval != nil {
			noise = fmt.Sprintf(" %d test images tell differences of about %.1f points.", c.Images, (top.Interval[1]-top.Interval[0])/2)
			if top.Interval[0] > 0 || top.Interval[1] < 0 {
				noise = " Its interval leaves out 0, as it draws images within their classes; the test, which does not, is the stricter one."
			}
		}
		return fmt.Sprintf("%s: the difference of %s from %s, %s, is within the noise (%s).%s", by, other, baseline, points, p, noise)
	}
	better := "better"
	if top.Difference < 0 {
		better = "worse"
	}
	return fmt.Sprintf("%s: %s is %s than %s, %s (%s).", by, other, better, baseline, points, p)
}
