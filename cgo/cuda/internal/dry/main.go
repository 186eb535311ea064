// Dry runs the commands with --device cuda on the null GPU (cgo/cuda/nullgpu): training,
// resuming, evaluation, signals, lack of memory, several devices, a failing device, the
// acceptance kit (cgo/cuda/kit). It prints how many launches, copies and waits a step and
// an epoch take, and fails if there are more than limits.go allows, so that no change slips
// in a wait. What it cannot show: numbers, time, races, and whatever a real GPU refuses.
//
//	make gpu-dry
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the commands, with nullgpu/ in it")
	python := flag.String("python", "python3", "interpreter for the acceptance kit")
	only := flag.String("only", "", "run the scenarios whose names contain this, and do not measure")
	flag.Parse()
	if err := dry(*bin, *python, *only); err != nil {
		fmt.Fprintln(os.Stderr, "dry:", err)
		os.Exit(1)
	}
}

func dry(bin, python, only string) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "gpu-dry-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if python, err = exec.LookPath(python); err != nil {
		return err
	}
	g := &gpu{bin: bin, dir: dir, python: python}
	for _, s := range scenarios {
		if !strings.Contains(s.name, only) {
			continue
		}
		if err := s.run(g); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Println("ok  ", s.name)
	}
	if only != "" {
		return nil
	}
	return g.measure()
}

// counts are those of nullgpu.h, in its order.
type counts [len(kinds)]int64

var kinds = [...]string{
	launches, library, toHost, pageable, fromHost, onDevice, "fills", waits, deviceChanges, "allocations", "host allocations",
	graphs, "captured operations", "illegal in capture",
}

// Names of kinds.
const (
	launches, library                    = "launches", "library operations"
	toHost, pageable, fromHost, onDevice = "copies to the host", "copies of pageable memory", "copies from the host", "copies on the device"
	waits, deviceChanges, graphs         = "waits", "changes of device", "graphs"
)

// of returns the count of a kind.
func (c counts) of(kind string) int64 { return c[slices.Index(kinds[:], kind)] }

func readCounts(path string) (c counts, err error) {
	f, err := os.Open(path)
	if err != nil {
		return c, fmt.Errorf("nothing was counted: %w", err)
	}
	defer f.Close()
	return c, binary.Read(f, binary.LittleEndian, &c)
}
