package search

import "slices"

// Hit is a vector that was found.
type Hit struct {
	ID         int64
	Similarity float32 // cosine
}

// best keeps the k best hits of a query, best first; equal ones by id, so that the result
// does not depend on the order of the search.
type best struct {
	k    int
	hits []Hit
}

func (b *best) add(id int64, similarity float32) {
	h := Hit{id, similarity}
	if len(b.hits) == b.k && !before(h, b.hits[b.k-1]) {
		return
	}
	at, _ := slices.BinarySearchFunc(b.hits, h, func(a, h Hit) int {
		if before(a, h) {
			return -1
		}
		return 1
	})
	if len(b.hits) == b.k {
		b.hits = b.hits[:b.k-1]
	}
	b.hits = slices.Insert(b.hits, at, h)
}

func before(a, b Hit) bool {
	return a.Similarity > b.Similarity || a.Similarity == b.Similarity && a.ID < b.ID
}
