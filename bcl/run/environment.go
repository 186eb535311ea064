package run

import (
	"bufio"
	"os"
	"runtime"
	"strings"

	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/torch"
)

// Environment is what a run ran on.
type Environment struct {
	BCL      string `json:"bcl"` // version or commit of this program
	Libtorch string `json:"libtorch"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	CPU      string `json:"cpu"`
	Cores    int    `json:"cores"`
	Threads  int    `json:"threads"` // of libtorch
	Device   string `json:"device"`
	Hardware string `json:"hardware"` // name of the device
	Parallel string `json:"parallel"` // how libtorch was built and runs
	Data     Data   `json:"data"`     // what is trained on; Describe leaves it empty
}

// Describe returns the environment of this process for a device.
func Describe(d torch.Device) (Environment, error) {
	e := Environment{
		BCL:    Version(),
		Go:     runtime.Version(),
		OS:     runtime.GOOS + "/" + runtime.GOARCH,
		CPU:    CPU(),
		Cores:  runtime.NumCPU(),
		Device: d.String(),
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

// Version returns the version or the commit that this program was built from.
func Version() string { return version.Commit() }

// CPU returns the processor's name where Linux tells it.
func CPU() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for scan := bufio.NewScanner(f); scan.Scan(); {
		if name, value, ok := strings.Cut(scan.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
