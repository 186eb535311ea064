package eval

import "github.com/bcl-go/bcl/bcl/protocol"

// union returns all rows that protocols need, in the order in which they first come,
// and the place of each; nil and nil if that is everything, in its own order.
func union(protocols []protocol.Protocol) (rows []int, place map[int]int) {
	place = map[int]int{}
	for _, p := range protocols {
		for _, s := range p.Subsets {
			if s.Rows == nil {
				return nil, nil
			}
			for _, i := range s.Rows {
				if _, there := place[i]; !there {
					place[i] = len(rows)
					rows = append(rows, i)
				}
			}
		}
	}
	return rows, place
}
