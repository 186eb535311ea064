package loss

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// CosineTemperature is a temperature that oscillates between High and Low, starting at
// High: T(e) = Low + (High-Low)/2 * (1 + cos(2*pi*e/Period)), e epochs into the run. A
// high temperature separates groups, a low one individual images (Kukleva, Böhle,
// Schiele, Kuehne, Rupprecht: "Temperature Schedules for Self-Supervised Contrastive
// Methods on Long-Tail Data", ICLR 2023).
type CosineTemperature struct {
	Low, High float64
	Period    float64 // epochs
}

// Temperatures beyond these make all losses alike, or leave float32 no digits.
const (
	LowestTemperature  = 0.001
	HighestTemperature = 1000
)

// PublishedTemperature is the schedule of the paper: 0.1 to 1 and back in 400 epochs.
func PublishedTemperature() CosineTemperature { return CosineTemperature{0.1, 1, 400} }

// ParseTemperature reads "cosine", the published schedule, or LOW,HIGH,PERIOD.
func ParseTemperature(text string) (CosineTemperature, error) {
	if text == "cosine" {
		return PublishedTemperature(), nil
	}
	bad := fmt.Errorf("temperature schedule %q, expected cosine or LOW,HIGH,PERIOD such as 0.1,1,400, with %v <= LOW <= HIGH <= %v and PERIOD > 0", text, LowestTemperature, HighestTemperature)
	parts := strings.Split(text, ",")
	if len(parts) != 3 {
		return CosineTemperature{}, bad
	}
	var v [3]float64
	for i, p := range parts {
		var err error
		if v[i], err = strconv.ParseFloat(strings.TrimSpace(p), 64); err != nil {
			return CosineTemperature{}, bad
		}
	}
	c := CosineTemperature{v[0], v[1], v[2]}
	if !(c.Low >= LowestTemperature && c.High >= c.Low && c.High <= HighestTemperature && c.Period > 0) || math.IsInf(c.Period, 0) {
		return CosineTemperature{}, bad
	}
	return c, nil
}

// At returns the temperature of an epoch, counted from 1.
func (c CosineTemperature) At(epoch int) float64 {
	turn := 2 * math.Pi * float64(epoch-1) / c.Period
	return c.Low + (c.High-c.Low)/2*(1+math.Cos(turn))
}
