package train

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The memory follows the chosen signal, larger for the tail.
func TestMemoryFollowsASignal(t *testing.T) {
	for _, name := range signal.Recorded() {
		c := small(method.BCLI)
		c.Memory.Signal, c.Memory.Weights = name, memory.Ranked
		torchtest.Do(t, func() {
			tr := newTrainer(t, c)
			if _, err := tr.RunEpoch(context.Background()); err != nil {
				t.Fatal(err)
			}
			s, _ := signal.Lookup(name)
			if want := s.Tailness(tr.Signals.Row(name)); !slices.Equal(tr.Memory.Loss(), want) {
				t.Errorf("%s: momentum %v, want %v", name, tr.Memory.Loss()[:4], want[:4])
			}
			if want := memory.Ranks(tr.Memory.Loss()); tr.Memory.Weight(7) != want[7] {
				t.Errorf("%s: weight %v, want %v", name, tr.Memory.Weight(7), want[7])
			}
		})
	}
}

// A control of BCL-I is the method of that name, to the bit, and composes with what else there
// is.
func TestControls(t *testing.T) {
	for control, m := range map[memory.Rule]method.Method{memory.Constant: method.BCLIConstant, memory.Shuffled: method.BCLIShuffled} {
		c := small(method.BCLI)
		c.Memory.Control = control
		got, _ := trained(t, c)
		if want, _ := trained(t, small(m)); !bytes.Equal(got, want) {
			t.Errorf("bcl-i with the control %s has other weights than %s", control, m)
		}
	}
	c := small(method.BCLI)
	plain, _ := trained(t, c)
	c.ClassSizes = slices.Concat(slices.Repeat([]int{20}, 20), slices.Repeat([]int{10}, 10), slices.Repeat([]int{4}, 4))
	seen := map[string]bool{string(plain): true}
	for _, control := range []memory.Rule{memory.ShuffledOnce, memory.Inverted, memory.Oracle, memory.InvertedOracle} {
		c.Memory.Control = control
		got, _ := trained(t, c)
		if seen[string(got)] {
			t.Errorf("%s: the weights of another", control)
		}
		seen[string(got)] = true
	}
}

func TestRefusedMemories(t *testing.T) {
	c := small(method.BCLDConstant)
	c.Memory.Control = memory.Oracle
	if err := c.Check(); err == nil || err.Error() != "Memory.Control is oracle, expected none: bcl-d-constant is a control itself" {
		t.Errorf("error %v", err)
	}
	c = small(method.BCLI)
	c.Memory.Signal = "margin"
	if err := c.Check(); err == nil || !strings.HasPrefix(err.Error(), "Memory.Signal is margin, expected one of loss, align") {
		t.Errorf("error %v", err)
	}
}
