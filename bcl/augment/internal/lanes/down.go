package lanes

var down = downPlain

// Down makes a row of others: byte i of out is the sum of weight[j] times byte at[j]+i of
// rows. out is none of the rows.
func Down(out, rows []uint8, at []int, weight []int64) { down(out, rows, at, weight) }

// downPlain has two neighbouring bytes in a word.
func downPlain(out, rows []uint8, at []int, weight []int64) {
	var sums [128]int64
	for from := 0; from < len(out); from += 2 * len(sums) {
		part := out[from:min(from+2*len(sums), len(out))]
		s := sums[:(len(part)+1)/2]
		for i := range s {
			s[i] = half
		}
		j := 0
		for ; j+1 < len(at); j += 2 {
			addTwo(s, rows[at[j]+from:][:len(part)], rows[at[j+1]+from:][:len(part)], weight[j], weight[j+1])
		}
		if j < len(at) {
			row := rows[at[j]+from:][:len(part)]
			addTwo(s, row, row, weight[j], 0)
		}
		for i := range len(part) / 2 {
			q := part[2*i : 2*i+2 : 2*i+2]
			q[0], q[1] = split(s[i])
		}
		if n := len(part); n%2 == 1 {
			part[n-1], _ = split(s[n/2])
		}
	}
}

// addTwo adds k times row a and l times row b to sums.
func addTwo(sums []int64, a, b []uint8, k, l int64) {
	b = b[:len(a)]
	for i := range len(a) / 2 {
		p, q := a[2*i:2*i+2:2*i+2], b[2*i:2*i+2:2*i+2]
		sums[i] += (int64(p[0])|int64(p[1])<<32)*k + (int64(q[0])|int64(q[1])<<32)*l
	}
	if i := len(a) - 1; i%2 == 0 {
		sums[i/2] += int64(a[i])*k + int64(b[i])*l
	}
}
