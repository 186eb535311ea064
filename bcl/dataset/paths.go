package dataset

import (
	"hash/maphash"
	"slices"
)

// paths are the names of many files, one after the other in memory: a string each would take 16
// bytes and an allocation more.
type paths struct {
	text []byte
	ends []uint32 // of each, from the start of its page
	page []int    // where the names of each pageSize begin in text
}

const pageSize = 1 << 10

func (p *paths) len() int { return len(p.ends) }

func (p *paths) add(names ...string) {
	for _, name := range names {
		if len(p.ends)%pageSize == 0 {
			p.page = append(p.page, len(p.text))
		}
		p.text = append(p.text, name...)
		p.ends = append(p.ends, uint32(len(p.text)-p.page[len(p.page)-1]))
	}
}

func (p *paths) bytes(i int) []byte {
	base, from := p.page[i/pageSize], uint32(0)
	if i%pageSize > 0 {
		from = p.ends[i-1]
	}
	return p.text[base+int(from) : base+int(p.ends[i])]
}

func (p *paths) at(i int) string { return string(p.bytes(i)) }

// again returns the first two places of a name that is there twice.
func (p *paths) again() (first, second int, found bool) {
	seed := maphash.MakeSeed()
	sums := make([]uint64, p.len())
	for i := range sums {
		sums[i] = maphash.Bytes(seed, p.bytes(i))
	}
	sorted := slices.Clone(sums)
	slices.Sort(sorted)
	twice := map[uint64]bool{} // few
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			twice[sorted[i]] = true
		}
	}
	at := map[string]int{}
	for i, sum := range sums {
		if !twice[sum] {
			continue
		}
		if was, there := at[p.at(i)]; there {
			return was, i, true
		}
		at[p.at(i)] = i
	}
	return 0, 0, false
}
