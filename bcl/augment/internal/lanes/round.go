package lanes

var round = roundPlain

// Round rounds sums v, each of which may be wrong by passes + theirs*min(v+1, 128), to bytes.
// Those within that of a half are doubtful: bit i%8 of doubtful[i/8] is set, and out[i] is
// any.
func Round(out []uint8, v []float32, passes, theirs float32, doubtful []uint8) {
	round(out, v, passes, theirs, doubtful)
}

func roundPlain(out []uint8, v []float32, passes, theirs float32, doubtful []uint8) {
	clear(doubtful)
	out = out[:len(v)]
	for i, v := range v {
		n := int32(v)
		doubt := passes + float32(theirs*min(v+1, 128))
		switch over := v - float32(n) - 0.5; {
		case over > doubt:
			n++
		case over >= -doubt:
			doubtful[i/8] |= 1 << (i % 8)
		}
		out[i] = uint8(n)
	}
}
