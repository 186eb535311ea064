package lanes

var convolve = convolvePlain

// Convolve writes the sums of half[|j|] * in[at+i+j*step], j from -len(half)+1 to
// len(half)-1, to out[i]. out and in do not overlap.
func Convolve(out, in []float32, at, step int, half []float32) { convolve(out, in, at, step, half) }

// convolvePlain adds two pairs of inputs at a time, which halves the stores. The conversions
// forbid fused multiply-adds, so that the assembly has the same sums.
func convolvePlain(out, in []float32, at, step int, half []float32) {
	for i, v := range in[at:][:len(out)] {
		out[i] = v * half[0]
	}
	j, reach := 1, len(half)-1
	for ; j < reach; j += 2 {
		k, l := half[j], half[j+1]
		a, b := in[at-j*step:][:len(out)], in[at+j*step:][:len(out)]
		c, d := in[at-(j+1)*step:][:len(out)], in[at+(j+1)*step:][:len(out)]
		for i := range out {
			out[i] += float32((a[i]+b[i])*k) + float32((c[i]+d[i])*l)
		}
	}
	if j == reach {
		k := half[j]
		a, b := in[at-j*step:][:len(out)], in[at+j*step:][:len(out)]
		for i := range out {
			out[i] += float32((a[i] + b[i]) * k)
		}
	}
}
