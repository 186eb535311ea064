package npy

import "slices"

// Swap reverses the bytes of every element of the given size in place.
func Swap(data []byte, size int) {
	for element := range slices.Chunk(data, size) {
		slices.Reverse(element)
	}
}

// fromFortran returns a copy in C order of data in which the first index runs fastest.
func fromFortran(data []byte, shape []int, size int) []byte {
	stride := make([]int, len(shape))
	step := 1
	for i, d := range shape {
		stride[i] = step
		step *= d
	}
	return Gather(data, shape, stride, 0, len(data)/size, size)
}

// Gather copies n elements of the given size, of an array with gaps or in another order,
// into C order. The first is at offset, which like the strides counts elements. It
// updates the position by adding strides, like an odometer.
func Gather(data []byte, shape, stride []int, offset, n, size int) []byte {
	out := make([]byte, 0, n*size)
	index := make([]int, len(shape))
	for pos := offset; len(out) < n*size; {
		out = append(out, data[pos*size:(pos+1)*size]...)
		for i := len(shape) - 1; i >= 0; i-- {
			index[i]++
			pos += stride[i]
			if index[i] < shape[i] {
				break
			}
			pos -= stride[i] * shape[i]
			index[i] = 0
		}
	}
	return out
}
