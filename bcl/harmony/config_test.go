package harmony

import (
	"strings"
	"testing"
)

// The recipe for CIFAR-100-LT with 1,000 epochs, --warm_up 500 in the authors' code.
func TestPublishedRecipe(t *testing.T) {
	c := Published()
	first := c.First(1000)
	if err := c.Check(128, 1000, 10); err != nil || first != 501 {
		t.Errorf("first epoch %d, error %v", first, err)
	}
	for epoch, want := range map[int]float64{1: 0, 500: 0, 501: 0.1, 505: 0.5, 510: 1, 511: 1, 1000: 1} {
		if got := c.weight(epoch, first); got != want {
			t.Errorf("epoch %d: weight %v, want %v", epoch, got, want)
		}
	}
	for epoch, want := range map[int]float64{1: 0, 2: 0.9, 500: 0.9, 501: 0.999, 1000: 0.999} {
		if got := c.keep(epoch, first); got != want {
			t.Errorf("epoch %d: share of the past %v, want %v", epoch, got, want)
		}
	}
	var due []int
	for epoch := 1; epoch <= 560; epoch++ {
		if estimates(epoch, first) {
			due = append(due, epoch)
		}
	}
	if len(due) != 4 || due[0] != 500 || due[1] != 520 || due[3] != 560 {
		t.Errorf("shares are estimated in epochs %v", due)
	}
	if !estimates(7, 8) || estimates(20, 31) {
		t.Error("the first estimate is not that of the epoch before the loss")
	}
}

func TestErrorsNameTheSetting(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"Classes is 2,":           func(c *Config) { c.Classes = 2 },
		"Classes is 130,":         func(c *Config) { c.Classes = 130 },
		"From is 1,":              func(c *Config) { c.From = 1 },
		"From is 101,":            func(c *Config) { c.From = 101 },
		"after the 10 of warm-up": func(c *Config) { c.From = 10 },
		"Ramp is 0,":              func(c *Config) { c.Ramp = 0 },
		"Weight is -1,":           func(c *Config) { c.Weight = -1 },
		"Momentum is 1,":          func(c *Config) { c.Momentum = 1 },
		"Iterations is 0,":        func(c *Config) { c.Iterations = 0 },
		"Floor is -1,":            func(c *Config) { c.Floor = -1 },
		"LRShare is 1.5, expe":    func(c *Config) { c.LRShare = 1.5 },
	} {
		c := Published()
		change(&c)
		if err := c.Check(128, 100, 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	c := Published()
	c.Classes, c.From, c.LRShare = 129, 3, 0 // the schedule is unchanged, so warm-up may continue
	if err := c.Check(128, 100, 10); err != nil {
		t.Error(err)
	}
}
