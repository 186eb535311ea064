package session

import (
	"runtime"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/torch"
)

// Environment returns the environment of this process for a device.
func Environment(d torch.Device) (run.Environment, error) {
	e := run.Environment{
		BCL:    version.Commit(),
		Go:     runtime.Version(),
		OS:     runtime.GOOS + "/" + runtime.GOARCH,
		CPU:    run.CPU(),
		Cores:  runtime.NumCPU(),
		Device: d.String(),
		JPEG:   rgb.JPEGDecoder(),
	}
	var err error
	if e.Libtorch, err = torch.Version(); err != nil {
		return e, err
	}
	if e.Threads, err = torch.NumThreads(); err != nil {
		return e, err
	}
	if e.Hardware, err = d.Name(); err != nil {
		return e, err
	}
	e.Parallel, err = torch.Config()
	return e, err
}
