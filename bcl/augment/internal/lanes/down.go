package lanes

import "encoding/binary"

var down = downPlain

// Down makes a row of others: byte i of out is the sum of weight[j] times byte at[j]+i of
// rows. out is none of the rows.
func Down(out, rows []uint8, at []int, weight []int64) { down(out, rows, at, weight) }

// downPlain reads eight bytes at a time: byte j and byte j+4 are a word.
func downPlain(out, rows []uint8, at []int, weight []int64) {
	const word = 0xff<<32 | 0xff
	weight = weight[:len(at)]
	i := 0
	for ; i+8 <= len(out); i += 8 {
		var s0, s1, s2, s3 int64 = half, half, half, half
		for j, from := range at {
			w, x := weight[j], binary.LittleEndian.Uint64(rows[from+i:])
			s0 += int64(x&word) * w
			s1 += int64(x>>8&word) * w
			s2 += int64(x>>16&word) * w
			s3 += int64(x>>24&word) * w
		}
		o := out[i : i+8 : i+8]
		o[0], o[4] = split(s0)
		o[1], o[5] = split(s1)
		o[2], o[6] = split(s2)
		o[3], o[7] = split(s3)
	}
	for ; i < len(out); i++ {
		sum := int64(half)
		for j, from := range at {
			sum += int64(rows[from+i]) * weight[j]
		}
		out[i], _ = split(sum)
	}
}
