//go:build !purego

package lanes

func init() {
	if avx2 {
		down = downWide
	}
}

// downAVX2 makes n bytes, a multiple of chunk, of the rows.
//
//go:noescape
func downAVX2(out *uint8, n int, rows *uint8, at *int, weight *int64, taps int)

func downWide(out, rows []uint8, at []int, weight []int64) {
	n := len(out)
	if n < chunk {
		downPlain(out, rows, at, weight)
		return
	}
	weight = weight[:len(at)]
	for _, from := range at {
		_ = rows[from : from+n]
	}
	downAVX2(&out[0], n&^(chunk-1), &rows[0], &at[0], &weight[0], len(at))
	if last := n - chunk; n%chunk > 0 { // the last bytes, some of them again
		downAVX2(&out[last], chunk, &rows[last], &at[0], &weight[0], len(at))
	}
}
