package ckpt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Difference is what differs between two tensors of one name.
type Difference struct {
	Name     string    `json:"name"`
	Shapes   [2][]int  `json:"shapes"`
	DTypes   [2]string `json:"dtypes"`
	Elements int       `json:"elements"`
	// Unequal counts elements that differ in a bit, or, for different types, in value.
	Unequal int `json:"unequal"`
	// Max is the largest absolute difference; NaN if an element is NaN in only one.
	Max Number `json:"max_abs"`
}

// Number is a float that JSON can have when it is not finite: as text.
type Number float64

// MarshalJSON writes NaN and infinities as "NaN", "+Inf" and "-Inf".
func (n Number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return json.Marshal(fmt.Sprint(f))
	}
	return json.Marshal(float64(n))
}

// Comparison is what [Diff] found.
type Comparison struct {
	A       string       `json:"a"`
	B       string       `json:"b"`
	OnlyA   []string     `json:"only_in_a"`
	OnlyB   []string     `json:"only_in_b"`
	Differ  []Difference `json:"differ"` // shapes, types or elements
	Equal   int          `json:"equal"`  // tensors that do not differ
	Largest Number       `json:"largest"`
	Within  bool         `json:"within_tolerance"`
	Values  []Changed    `json:"values,omitempty"`
}

// Changed is a value other than a tensor that differs; "-" where a file has none.
type Changed struct {
	Name string `json:"name"`
	A    string `json:"a"`
	B    string `json:"b"`
}

// DiffValues adds the differences of values other than tensors.
func (c *Comparison) DiffValues(a, b []Value) {
	other := make(map[string]string, len(b))
	for _, v := range b {
		other[v.Name] = v.Value
	}
	for _, v := range a {
		w, ok := other[v.Name]
		delete(other, v.Name)
		if !ok {
			w = "-"
		}
		if v.Value != w {
			c.Values = append(c.Values, Changed{v.Name, v.Value, w})
		}
	}
	for _, v := range b {
		if _, left := other[v.Name]; left {
			c.Values = append(c.Values, Changed{v.Name, "-", v.Value})
		}
	}
	c.Within = c.Within && len(c.Values) == 0
}

// Diff compares tensors by name. They are within a tolerance if the names and shapes
// are the same and no element differs by more; with 0 types and bits must agree.
func Diff(a, b []Tensor, tolerance float64) (*Comparison, error) {
	c := &Comparison{OnlyA: []string{}, OnlyB: []string{}, Differ: []Difference{}, Within: true}
	other := make(map[string]Tensor, len(b))
	for _, t := range b {
		other[t.Name] = t
	}
	for _, t := range a {
		u, ok := other[t.Name]
		if !ok {
			c.OnlyA = append(c.OnlyA, t.Name)
			continue
		}
		delete(other, t.Name)
		d, err := compare(t, u)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		if d == nil {
			c.Equal++
			continue
		}
		c.Differ = append(c.Differ, *d)
		if tolerance == 0 || !slices.Equal(t.Shape, u.Shape) || !(float64(d.Max) <= tolerance) {
			c.Within = false
		}
		if d.Max > c.Largest || math.IsNaN(float64(d.Max)) {
			c.Largest = d.Max
		}
	}
	for _, t := range b {
		if _, left := other[t.Name]; left {
			c.OnlyB = append(c.OnlyB, t.Name)
		}
	}
	c.Within = c.Within && len(c.OnlyA) == 0 && len(c.OnlyB) == 0
	return c, nil
}

// compare returns nil for equal tensors.
func compare(t, u Tensor) (*Difference, error) {
	d := &Difference{Name: t.Name, Shapes: [2][]int{shape(t), shape(u)}, DTypes: [2]string{t.DType.String(), u.DType.String()}, Elements: t.Len()}
	if !slices.Equal(t.Shape, u.Shape) {
		return d, nil
	}
	x, err := t.ReadData()
	if err != nil {
		return nil, err
	}
	y, err := u.ReadData()
	if err != nil {
		return nil, err
	}
	same := t.DType == u.DType
	if same && bytes.Equal(x, y) {
		return nil, nil
	}
	nx, ny := t.DType.Size(), u.DType.Size()
	for i := range t.Len() {
		p, q := x[i*nx:(i+1)*nx], y[i*ny:(i+1)*ny]
		if same && bytes.Equal(p, q) {
			continue
		}
		v, w := t.DType.Float(p), u.DType.Float(q)
		if same || v != w {
			d.Unequal++
		}
		if gap := distanceOf(v, w); gap > float64(d.Max) || math.IsNaN(gap) {
			d.Max = Number(gap)
		}
	}
	return d, nil
}

// distanceOf is |v - w|; 0 for equal infinities and for two NaN.
func distanceOf(v, w float64) float64 {
	if v == w || math.IsNaN(v) && math.IsNaN(w) {
		return 0
	}
	return math.Abs(v - w)
}

func shape(t Tensor) []int {
	if t.Shape == nil {
		return []int{}
	}
	return t.Shape
}
