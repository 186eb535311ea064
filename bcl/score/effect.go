package score

import (
	"errors"
	"fmt"
	"math"
)

// Effect is what the size of a class does to a figure of it, such as the mean loss of its
// samples, apart from what kind of class it is.
type Effect struct {
	// Per100 is the change of the figure when the class has 100 times more images, and SE its
	// standard error, with DF degrees of freedom. Interval is the 95 % interval.
	Per100   float64    `json:"per_factor_100"`
	SE       float64    `json:"se"`
	DF       int        `json:"df"`
	Interval [2]float64 `json:"interval"`
	// Classes is the standard deviation over the classes of what they have of their own
	// (ddof 0).
	Classes float64 `json:"class_std"`
}

// ClassSizeEffect fits, by ordinary least squares,
//
//	value[o][c] = class[c] + order[o] + Per100 * log(size[o][c])/log(100)
//
// over several orders, in which the same classes have other sizes: a class is its own
// control. Each class must have images in each order. It is an error if no class changes
// its size by more than the orders do.
func ClassSizeEffect(value [][]float64, size [][]int) (Effect, error) {
	orders := len(value)
	if orders < 2 || len(size) != orders {
		return Effect{}, fmt.Errorf("%d orders of values and %d of sizes, expected the same number and at least 2", orders, len(size))
	}
	classes := len(value[0])
	x := make([][]float64, orders)
	for o := range value {
		if len(value[o]) != classes || len(size[o]) != classes {
			return Effect{}, fmt.Errorf("order %d has %d values and %d sizes, expected %d classes", o, len(value[o]), len(size[o]), classes)
		}
		x[o] = make([]float64, classes)
		for c, n := range size[o] {
			if n < 1 || math.IsNaN(value[o][c]) {
				return Effect{}, fmt.Errorf("class %d has %d images and the value %v in order %d, expected images and a number", c, n, value[o][c], o)
			}
			x[o][c] = math.Log(float64(n)) / math.Log(100)
		}
	}
	// The classes' and the orders' own values are taken out of both sides, which leaves the
	// same coefficient and residuals (Frisch and Waugh 1933).
	rx, ry := centred(x), centred(value)
	var xx, xy float64
	for o := range rx {
		for c := range rx[o] {
			xx += rx[o][c] * rx[o][c]
			xy += rx[o][c] * ry[o][c]
		}
	}
	e := Effect{DF: (orders-1)*(classes-1) - 1}
	switch {
	case xx < 1e-9:
		return Effect{}, errors.New("each class has the same size in all orders: nothing to compare")
	case e.DF < 1:
		return Effect{}, fmt.Errorf("%d classes in %d orders: too few for a standard error", classes, orders)
	}
	e.Per100 = xy / xx
	square := 0.0
	for o := range rx {
		for c := range rx[o] {
			r := ry[o][c] - e.Per100*rx[o][c]
			square += r * r
		}
	}
	e.SE = math.Sqrt(square / float64(e.DF) / xx)
	half := studentQuantile(0.975, e.DF) * e.SE
	e.Interval = [2]float64{e.Per100 - half, e.Per100 + half}
	own := make([]Percent, classes)
	for c := range own {
		for o := range value {
			own[c] += Percent((value[o][c] - e.Per100*x[o][c]) / float64(orders))
		}
	}
	e.Classes = deviation(own, 0)
	return e, nil
}

// centred takes the means of rows and columns out of a table.
func centred(v [][]float64) [][]float64 {
	rows, columns := len(v), len(v[0])
	row, column, all := make([]float64, rows), make([]float64, columns), 0.0
	for o := range v {
		for c, y := range v[o] {
			row[o] += y / float64(columns)
			column[c] += y / float64(rows)
			all += y / float64(rows*columns)
		}
	}
	out := make([][]float64, rows)
	for o := range v {
		out[o] = make([]float64, columns)
		for c, y := range v[o] {
			out[o][c] = y - row[o] - column[c] + all
		}
	}
	return out
}
