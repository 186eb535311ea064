package device

import (
	"encoding/json"
	"io"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/cmd/internal/machine"
	"github.com/bcl-go/bcl/torch"
)

// Describe writes what this program can compute with as the JSON of a [machine.Program].
func Describe(w io.Writer) error {
	p := machine.Program{JPEG: rgb.JPEGDecoder()}
	var err error
	if p.Libtorch, err = torch.Version(); err != nil {
		return err
	}
	if p.Threads, err = torch.NumThreads(); err != nil {
		return err
	}
	if err := torch.CUDAAvailable(); err != nil {
		p.NoCUDA = err.Error()
		return json.NewEncoder(w).Encode(p)
	}
	for d := torch.CUDA(0); ; d.Index++ {
		if _, err := torch.ParseDevice(d.String()); err != nil {
			break // no more
		}
		g := machine.GPU{}
		if g.Name, err = d.Name(); err != nil {
			return err
		}
		if g.Major, g.Minor, err = d.Capability(); err != nil {
			return err
		}
		p.GPUs = append(p.GPUs, g)
	}
	return json.NewEncoder(w).Encode(p)
}
