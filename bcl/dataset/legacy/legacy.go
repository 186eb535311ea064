package legacy

// The parameters of MT19937 (Matsumoto and Nishimura 1998).
const (
	words  = 624
	middle = 397
	matrix = 0x9908b0df
	upper  = 0x80000000
)

// Generator is a RandomState of NumPy: a Mersenne Twister, MT19937.
type Generator struct {
	state [words]uint32
	next  int
}

// New is np.random.seed(seed), for seeds of 32 bits.
func New(seed uint32) *Generator {
	g := &Generator{next: words}
	for i := range g.state {
		g.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return g
}

// Uint32 returns the next 32 bits.
func (g *Generator) Uint32() uint32 {
	if g.next == words {
		for i := range g.state {
			y := g.state[i]&upper | g.state[(i+1)%words]&^upper
			g.state[i] = g.state[(i+middle)%words] ^ y>>1 ^ y&1*matrix
		}
		g.next = 0
	}
	y := g.state[g.next]
	g.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// upTo returns a uniform number from 0 to most: the bits that most needs, drawn again while
// they are more.
func (g *Generator) upTo(most uint32) uint32 {
	mask := most
	for _, s := range []int{1, 2, 4, 8, 16} {
		mask |= mask >> s
	}
	for {
		if v := g.Uint32() & mask; v <= most {
			return v
		}
	}
}

// Shuffle is np.random.shuffle of a list of at most 2^32 elements.
func (g *Generator) Shuffle(list []int) {
	for i := len(list) - 1; i > 0; i-- {
		j := g.upTo(uint32(i))
		list[i], list[j] = list[j], list[i]
	}
}
