// Command parity trains the same network here and in PyTorch, on one machine, and
// compares every weight, gradient, loss and statistic, bit by bit:
//
//	go run ./bcl/model/internal/parity -python /path/to/python
//
// It prints a table for each combination of threads and memory format, and exits with 1
// if anything differs. With -ranks it compares processes that share a batch with
// DistributedDataParallel, within tolerances (ranks.go). With -fused=false the peer uses torch.optim.SGD's default, which
// rounds differently from the fused kernel that we use.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// options are what both sides do; peer.py reads them as JSON.
type options struct {
	Arch         string     `json:"arch"`
	Stem         model.Stem `json:"stem"`
	Width        int        `json:"width"`
	Samples      int        `json:"samples"`
	Steps        int        `json:"steps"`
	Warmup       int        `json:"warmup"` // steps
	Threads      int        `json:"threads"`
	ChannelsLast bool       `json:"channels_last"`
	Fused        bool       `json:"fused"` // of the peer
	Ranks        int        `json:"ranks"` // processes that share the batch; 0: compare one, bit by bit
	Out          string     `json:"out"`
}

func main() {
	o := options{Stem: model.CIFARStem, Warmup: 190} // 19 steps per epoch, as on CIFAR-100-LT
	python := flag.String("python", "python3", "interpreter with torch and safetensors")
	script := flag.String("script", "bcl/model/internal/parity/peer.py", "path of peer.py")
	flag.StringVar(&o.Arch, "arch", "resnet18", "network")
	flag.IntVar(&o.Width, "width", 64, "channels of its first stage")
	flag.IntVar(&o.Samples, "samples", 16, "samples per batch, with two views each")
	flag.IntVar(&o.Steps, "steps", 10, "steps of training")
	flag.BoolVar(&o.Fused, "fused", true, "whether the peer uses the fused SGD")
	flag.IntVar(&o.Ranks, "ranks", 0, "compare this many `ranks` with DistributedDataParallel, within tolerances")
	flag.Parse()
	if o.Ranks > 0 {
		if err := compareRanks(o, *python, filepath.Join(filepath.Dir(*script), "ddp.py")); err != nil {
			fmt.Fprintln(os.Stderr, "parity:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(o, *python, *script); err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(1)
	}
}

func run(o options, python, script string) error {
	dir, err := os.MkdirTemp("", "parity")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o.Out = filepath.Join(dir, "peer.safetensors")
	unequal := 0
	for _, o.Threads = range []int{1, 2} {
		for _, o.ChannelsLast = range []bool{false, true} {
			n, err := compare(o, python, script)
			if err != nil {
				return err
			}
			unequal += n
		}
	}
	if unequal > 0 {
		return fmt.Errorf("%d elements differ", unequal)
	}
	return nil
}

// compare runs both sides with one set of options and prints a table.
func compare(o options, python, script string) (unequal int, err error) {
	arg, err := json.Marshal(o)
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(python, script, string(arg))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s %s: %w", python, script, err)
	}
	want, err := safetensors.Load(o.Out)
	if err != nil {
		return 0, err
	}
	format := "contiguous"
	if o.ChannelsLast {
		format = "channels_last"
	}
	fmt.Printf("%s, width %d, %d samples, %d threads, %s; peer: %s, fused SGD %v\n", o.Arch, o.Width, o.Samples, o.Threads, format, want.Metadata["versions"], o.Fused)
	s := newScores(want)
	err = torch.Do(func() error { return train(o, s.add) })
	if err != nil {
		return 0, err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	unequal = s.print(w)
	return unequal, w.Flush()
}
