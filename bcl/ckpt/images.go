package ckpt

// Images returns n images of size x size pixels, interleaved RGB, the same on every
// machine: byte i is the highest of a hash of i. The script of bcl-ckpt verify makes them
// with NumPy.
func Images(n, size int) []uint8 {
	out := make([]uint8, n*size*size*3)
	for i := range out {
		h := uint32(i) * 2654435761
		h ^= h >> 15
		h *= 2246822519
		h ^= h >> 13
		out[i] = uint8(h >> 24)
	}
	return out
}
