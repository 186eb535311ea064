package dataset

import (
	"fmt"
	"testing"
)

func TestPaths(t *testing.T) {
	var p paths
	n := 3*pageSize + 5
	name := func(i int) string { return fmt.Sprint(i*i, ".jpg") }
	for i := range n {
		p.add(name(i))
	}
	for i := range n {
		if p.len() != n || p.at(i) != name(i) {
			t.Fatalf("%d of %d: %s, want %s", i, p.len(), p.at(i), name(i))
		}
	}
	if i, k, found := p.again(); found {
		t.Errorf("%d is %d", k, i)
	}
	p.add("", name(pageSize+1), name(7))
	if i, k, found := p.again(); !found || i != pageSize+1 || k != n+1 || p.at(n) != "" {
		t.Errorf("%d is %d, found %v", k, i, found)
	}
}
