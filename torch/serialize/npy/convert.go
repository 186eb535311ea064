package npy

// swapped returns a copy of data with the bytes of every element reversed.
func swapped(data []byte, size int) []byte {
	out := make([]byte, len(data))
	for i := 0; i < len(data); i += size {
		for j := range size {
			out[i+j] = data[i+size-1-j]
		}
	}
	return out
}

// fromFortran returns a copy in C order of data in which the first index runs
// fastest. It walks the output in order and keeps the input's position by
// adding strides, as an odometer does.
func fromFortran(data []byte, shape []int, size int) []byte {
	out := make([]byte, 0, len(data))
	if len(data) == 0 {
		return out
	}
	stride := make([]int, len(shape))
	step := size
	for i, d := range shape {
		stride[i] = step
		step *= d
	}
	index := make([]int, len(shape))
	for pos := 0; ; {
		out = append(out, data[pos:pos+size]...)
		i := len(shape) - 1
		for ; i >= 0; i-- {
			index[i]++
			pos += stride[i]
			if index[i] < shape[i] {
				break
			}
			pos -= stride[i] * shape[i]
			index[i] = 0
		}
		if i < 0 {
			return out
		}
	}
}
