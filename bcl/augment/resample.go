package augment

// The inner loops of Resizer.

// across resizes the pixels of in, two interleaved rows, to rows a and b.
func (t *taps) across(a, b []uint8, in []int64) {
	b = b[:len(a)]
	first := t.first[:len(a)/3]
	if t.width == 4 { // the bicubic kernel when enlarging
		for x, at := range first {
			k := t.weight[4*x : 4*x+4 : 4*x+4]
			p := in[3*at : 3*at+12 : 3*at+12]
			p3, q3 := a[3*x:3*x+3:3*x+3], b[3*x:3*x+3:3*x+3]
			p3[0], q3[0] = split(half + p[0]*k[0] + p[3]*k[1] + p[6]*k[2] + p[9]*k[3])
			p3[1], q3[1] = split(half + p[1]*k[0] + p[4]*k[1] + p[7]*k[2] + p[10]*k[3])
			p3[2], q3[2] = split(half + p[2]*k[0] + p[5]*k[1] + p[8]*k[2] + p[11]*k[3])
		}
		return
	}
	for x, at := range first {
		k := t.weight[x*t.width : (x+1)*t.width]
		p := in[3*at:][:3*len(k)]
		var red, green, blue int64 = half, half, half
		for i, w := range k {
			q := p[3*i : 3*i+3 : 3*i+3]
			red += q[0] * w
			green += q[1] * w
			blue += q[2] * w
		}
		p3, q3 := a[3*x:3*x+3:3*x+3], b[3*x:3*x+3:3*x+3]
		p3[0], q3[0] = split(red)
		p3[1], q3[1] = split(green)
		p3[2], q3[2] = split(blue)
	}
}

// down4 makes a row of four rows of neighbours.
func down4(out []uint8, a, b, c, d []int64, k [4]int64) {
	n := len(out) / 2
	a, b, c, d = a[:words(len(out))], b[:len(a)], c[:len(a)], d[:len(a)]
	k0, k1, k2, k3 := k[0], k[1], k[2], k[3]
	for i := range n {
		q := out[2*i : 2*i+2 : 2*i+2]
		q[0], q[1] = split(half + a[i]*k0 + b[i]*k1 + c[i]*k2 + d[i]*k3)
	}
	if n < len(a) {
		out[2*n], _ = split(half + a[n]*k0 + b[n]*k1 + c[n]*k2 + d[n]*k3)
	}
}

// begin starts sums.
func begin(sums []int64) {
	for i := range sums {
		sums[i] = half
	}
}

// add adds k times the words of a and l times those of b to sums.
func add(sums, a, b []int64, k, l int64) {
	a, b = a[:len(sums)], b[:len(sums)]
	for i := range sums {
		sums[i] += a[i]*k + b[i]*l
	}
}

// addBytes adds weight times the bytes of row, as neighbours, to sums.
func addBytes(sums []int64, row []uint8, weight int64) {
	for i := range len(row) / 2 {
		q := row[2*i : 2*i+2 : 2*i+2]
		sums[i] += (int64(q[0]) | int64(q[1])<<32) * weight
	}
	if len(row)%2 == 1 {
		sums[len(row)/2] += int64(row[len(row)-1]) * weight
	}
}
