package repro

import (
	"fmt"
	"math"
)

// Stat summarises a figure over runs.
type Stat struct {
	N    int      `json:"n"`
	Mean float64  `json:"mean"`
	Std  *float64 `json:"std"` // of the sample (ddof 1); nil for one run
}

func stat(values []float64) Stat {
	s := Stat{N: len(values)}
	for _, v := range values {
		s.Mean += v / float64(len(values))
	}
	if s.N < 2 {
		return s
	}
	square := 0.0
	for _, v := range values {
		square += (v - s.Mean) * (v - s.Mean)
	}
	std := math.Sqrt(square / float64(s.N-1))
	s.Std = &std
	return s
}

// format writes mean and std; "-" for unknown values.
func (s Stat) format(decimals int) string {
	switch {
	case s.N == 0:
		return "-"
	case s.Std == nil:
		return fmt.Sprintf("%.*f ± -", decimals, s.Mean)
	}
	return fmt.Sprintf("%.*f ± %.*f", decimals, s.Mean, decimals, *s.Std)
}
