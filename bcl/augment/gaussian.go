package augment

import "math"

// KernelSize is the side of the blur's kernel in SimCLR's code for views of size pixels:
// a tenth of it, made odd.
func KernelSize(size int) int { return int(0.1*float64(size))/2*2 + 1 }

// gaussian fills k, of odd length, with torchvision's kernel of one dimension. It is
// bit-equal except for exp: PyTorch uses MKL, which is off by one unit in the last place
// about once in a hundred times; here it is correctly rounded.
func gaussian(k []float32, sigma float32) {
	for i := range k {
		x := float32(i-len(k)/2) / sigma
		k[i] = float32(math.Exp(float64(float32(x*x) * -0.5)))
	}
	total := sum(k)
	for i := range k {
		k[i] /= total
	}
}

// sum adds the values of v, at most MaxKernel, in PyTorch's order: rows of eight lanes
// (of one, if there are fewer than eight values) go to four groups round-robin, the last
// rows (fewer than four) go to the first group, then the groups are added up, and values
// that do not fill a row are added before the lanes.
func sum(v []float32) (total float32) {
	lanes := 8
	if len(v) < lanes {
		lanes = 1
	}
	rows := len(v) / lanes
	var groups [4][8]float32
	for i := range rows {
		g := &groups[0]
		if i < rows/4*4 {
			g = &groups[i%4]
		}
		for l, x := range v[lanes*i : lanes*(i+1)] {
			g[l] += x
		}
	}
	for _, g := range groups[1:] {
		for l, x := range g {
			groups[0][l] += x
		}
	}
	for _, x := range v[lanes*rows:] {
		total += x
	}
	for _, x := range groups[0] {
		total += x
	}
	return total
}

// tolerance returns how many weights on each side of the centre the two passes need, and
// a bound on their difference from torchvision's sum: for a sum v, passes*v +
// theirs*min(v, 128).
//
// torchvision rounds to single precision n*n times, each time by at most 2^-24 of
// what is summed so far. That never exceeds v, nor 255 times the weights so far,
// which are half of all on average. The passes, and torchvision's products of
// weights, round 4n+8 times at most. The weights beyond reach are so small that
// they add no more than a quarter as much.
func tolerance(k []float32) (reach int, passes, theirs float32) {
	n := float32(len(k))
	reach = len(k) / 2
	dropped := float32(0) // of both sides and axes
	for reach > 0 {
		d := dropped + 4*k[len(k)/2+reach]
		if d > n*n/(1<<26) {
			break
		}
		dropped, reach = d, reach-1
	}
	return reach, 255 * ((4*n+9)/(1<<24) + dropped), n * n / (1 << 24)
}
