package report

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/imbalance"
)

// The panel of what can be said without labels has a row for each number of clusters and says
// what they hint at; too few samples say nothing, and what cannot be measured is noted.
func TestGroups(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	const n, width = 120, 6
	x := make([]float32, n*width)
	for i := range n {
		for d := range width {
			x[i*width+d] = float32(0.01 * rnd.NormFloat64())
		}
		x[i*width+i%3] += 1
	}
	r := &Run{Name: "a"}
	r.Group(x, width)
	html := page(t, r)
	for _, want := range []string{"Is there a tail to find?", r.Unlabelled.Say()[:40], "features of 120 images", ">10</th>", ">20</th>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	few := &Run{Name: "few"}
	few.Group(x[:(imbalance.Least-1)*width], width)
	if few.Unlabelled != nil || few.Notes != nil || strings.Contains(page(t, few), "Is there a tail") {
		t.Errorf("few samples: %+v", few)
	}
	x[5] = float32(math.NaN())
	bad := &Run{Name: "bad"}
	bad.Group(x, width)
	if len(bad.Notes) != 1 || !strings.Contains(bad.Notes[0], "have NaN") {
		t.Errorf("notes %v", bad.Notes)
	}
}
