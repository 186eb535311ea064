// Command bench times this module against torchvision, Pillow and PyTorch in one run on
// one machine, alternately, and prints the ratios:
//
//	go run ./bcl/internal/bench -python /path/to/python
//
// Views and decoding use one core on both sides, training all cores. Training
// here includes making the views; the peer's batch is free.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
)

func main() {
	python := flag.String("python", "python3", "interpreter with torch and torchvision; \"\": none")
	script := flag.String("script", "bcl/internal/bench/peer.py", "path of peer.py")
	rounds := flag.Int("rounds", 5, "rounds of ours, peer")
	seconds := flag.Float64("seconds", 2, "of one measurement")
	only := flag.String("only", "", "measure the tasks whose names contain this")
	flag.Parse()
	if err := bench(*python, *script, *only, *rounds, *seconds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(python, script, only string, rounds int, seconds float64) error {
	var p *torchvision
	if python != "" {
		var err error
		if p, err = start(python, script); err != nil {
			return err
		}
		defer p.Close()
		fmt.Println("peer:", p.versions)
	}
	defer func() {
		for _, f := range atEnd {
			f()
		}
	}()
	fmt.Println("machine:", run.CPU())
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "task\tours/s\tfrom\tto\tpeer/s\tfrom\tto\tratio\t")
	for _, t := range tasks {
		if !strings.Contains(t.name, only) {
			continue
		}
		procs := runtime.GOMAXPROCS(t.procs)
		measure, err := t.make()
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		var ours, peers, ratios []float64
		for range rounds {
			v, err := measure(time.Duration(seconds * float64(time.Second)))
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			ours = append(ours, v)
			if p != nil && !t.alone {
				w, err := p.rate(t.name, seconds)
				if err != nil {
					return fmt.Errorf("%s: peer: %w", t.name, err)
				}
				peers, ratios = append(peers, w), append(ratios, v/w)
			}
		}
		runtime.GOMAXPROCS(procs)
		fmt.Fprintf(out, "%s\t%s\t%s\t", t.name, spread(ours), spread(peers))
		if len(ratios) > 0 {
			fmt.Fprintf(out, "%.2f", median(ratios))
		}
		fmt.Fprintln(out, "\t")
		out.Flush()
	}
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// spread is the median, minimum and maximum, for the table.
func spread(v []float64) string {
	if len(v) == 0 {
		return "\t\t"
	}
	return fmt.Sprintf("%.0f\t%.0f\t%.0f", median(v), slices.Min(v), slices.Max(v))
}
