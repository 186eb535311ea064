package machine

// Program is what a command that links libtorch says that it can compute with.
type Program struct {
	Libtorch string // its version
	Threads  int    // of the CPU, by default
	JPEG     string // the decoder
	NoCUDA   string // why no GPU can be used
	GPUs     []GPU
}

// GPU is one that can be used.
type GPU struct {
	Name         string
	Major, Minor int // compute capability
}
