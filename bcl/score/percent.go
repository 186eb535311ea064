package score

import (
	"encoding/json"
	"fmt"
	"math"
)

// Percent is an accuracy in percent. NaN, when nothing was tested, is null in JSON and
// "-" in text.
type Percent float64

// None is the Percent when nothing was tested.
func None() Percent { return Percent(math.NaN()) }

// Known reports whether p is a number.
func (p Percent) Known() bool { return !math.IsNaN(float64(p)) }

func (p Percent) String() string {
	if !p.Known() {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(p))
}

// MarshalJSON writes null for None.
func (p Percent) MarshalJSON() ([]byte, error) {
	if !p.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(p))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Percent) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*p = None()
		return nil
	}
	return json.Unmarshal(text, (*float64)(p))
}
