package main

import (
	"fmt"
	"strings"
)

// limit is the most that a kind of training may take of each kind of operation: for a step,
// and for an epoch besides its steps, with its checkpoint.
type limit struct {
	flags       []string
	step, epoch map[string]float64
}

// measure prints the counts of a step and of an epoch, and compares them with the limits.
func (g *gpu) measure() error {
	var over []string
	for i, l := range limits {
		step, epoch, err := g.count(i, l.flags)
		if err != nil {
			return err
		}
		what := strings.Join(l.flags, " ")
		fmt.Printf("\n%s\n  %-26s %7s %7s\n", what, "", "step", "epoch")
		for k, name := range kinds {
			fmt.Printf("  %-26s %7.1f %7.1f\n", name, step[k], epoch[k])
			for _, c := range []struct {
				of     string
				is     float64
				limits map[string]float64
			}{{"a step", step[k], l.step}, {"an epoch", epoch[k], l.epoch}} {
				if most := c.limits[name]; c.is > most {
					over = append(over, fmt.Sprintf("%s: %.1f %s for %s, at most %.1f are allowed", what, c.is, name, c.of, most))
				}
			}
		}
	}
	if over != nil {
		return fmt.Errorf("limits.go: %s", strings.Join(over, "\n"))
	}
	return nil
}

// count measures the fourth epoch, when all steps have been captured and memory is what it
// stays, with 3 and with 9 steps, which tells the steps from the rest.
func (g *gpu) count(i int, flags []string) (step, epoch [len(kinds)]float64, err error) {
	var fourth [2]counts // with 3 and 9 steps
	for b, batch := range []string{"495", "165"} {
		var c [2]counts
		for e := range c {
			name := fmt.Sprintf("count-%d-%s-%d", i, batch, e+1)
			r, err := g.expect(0, nil, nil, "bcl-train", append(train(name, e+3, "--batch-size", batch, "--save-freq", "1"), flags...)...)
			if err != nil {
				return step, epoch, err
			}
			c[e] = r.counts
		}
		for k := range kinds {
			fourth[b][k] = c[1][k] - c[0][k]
		}
	}
	for k := range kinds {
		step[k] = float64(fourth[1][k]-fourth[0][k]) / (2 * stepsPerEpoch)
		epoch[k] = float64(fourth[0][k]) - stepsPerEpoch*step[k]
	}
	return step, epoch, nil
}

// limits are what it takes today. Kinds that are not named may not occur at all. Lower them
// when it takes less; do not raise them without saying why in docs/performance.md.
var limits = []limit{
	{[]string{"--method", "bcl-i", "--precision", "bf16"}, graphed,
		map[string]float64{launches: 37, toHost: 2, pageable: 2, waits: 2}},
	{[]string{"--method", "bcl-d", "--precision", "bf16"}, graphed,
		map[string]float64{launches: 137, toHost: 2, pageable: 2, waits: 2}},
	{[]string{"--method", "simclr", "--precision", "fp32"}, graphed,
		map[string]float64{launches: 37, toHost: 2, pageable: 2, waits: 2}},
	{[]string{"--method", "bcl-i", "--precision", "bf16", "--cuda-graph=false"},
		map[string]float64{launches: 340, library: 68, toHost: 1, pageable: 1, fromHost: 1, onDevice: 3, waits: 1},
		map[string]float64{launches: 37, toHost: 2, pageable: 2, waits: 2}},
}

// graphed is a step that is a graph: the learning rate is filled in; views come from the host
// and go where the graph reads them, losses go to the host.
var graphed = map[string]float64{launches: 1, graphs: 1, fromHost: 1, onDevice: 1, toHost: 1}
