package torch

// Element-wise arithmetic; shapes broadcast.

// Add returns t + o.
func (t Tensor) Add(o Tensor) Tensor { return one("add.Tensor", t, o) }

// Sub returns t - o.
func (t Tensor) Sub(o Tensor) Tensor { return one("sub.Tensor", t, o) }

// Mul returns t * o.
func (t Tensor) Mul(o Tensor) Tensor { return one("mul.Tensor", t, o) }

// Div returns t / o.
func (t Tensor) Div(o Tensor) Tensor { return one("div.Tensor", t, o) }

// AddScalar returns t + v.
func (t Tensor) AddScalar(v float64) Tensor { return one("add.Scalar", t, v) }

// MulScalar returns t * v.
func (t Tensor) MulScalar(v float64) Tensor { return one("mul.Scalar", t, v) }

// DivScalar returns t / v.
func (t Tensor) DivScalar(v float64) Tensor { return one("div.Scalar", t, v) }

// Add_ adds alpha * o to t in place.
func (t Tensor) Add_(o Tensor, alpha float64) Tensor { return inPlace("add_.Tensor", t, o, alpha) }

// Mul_ multiplies t by o in place.
func (t Tensor) Mul_(o Tensor) Tensor { return inPlace("mul_.Tensor", t, o) }

// MulScalar_ multiplies t by v in place.
func (t Tensor) MulScalar_(v float64) Tensor { return inPlace("mul_.Scalar", t, v) }

// Copy_ copies the values of o into t, converting type and device.
func (t Tensor) Copy_(o Tensor) Tensor { return inPlace("copy_", t, o) }

// Zero_ sets t to zero.
func (t Tensor) Zero_() Tensor { return inPlace("zero_", t) }

// Fill_ sets every element to v.
func (t Tensor) Fill_(v float64) Tensor { return inPlace("fill_.Scalar", t, v) }

// Uniform_ fills t from the uniform distribution on [lo, hi).
func (t Tensor) Uniform_(lo, hi float64) Tensor { return inPlace("uniform_", t, lo, hi) }

// Normal_ fills t from a normal distribution.
func (t Tensor) Normal_(mean, std float64) Tensor { return inPlace("normal_", t, mean, std) }

// Neg returns -t.
func (t Tensor) Neg() Tensor { return one("neg", t) }

// Abs returns |t|.
func (t Tensor) Abs() Tensor { return one("abs", t) }

// Exp returns e^t.
func (t Tensor) Exp() Tensor { return one("exp", t) }

// Log returns the natural logarithm of t.
func (t Tensor) Log() Tensor { return one("log", t) }

// Sqrt returns the square root of t.
func (t Tensor) Sqrt() Tensor { return one("sqrt", t) }

// Square returns t * t.
func (t Tensor) Square() Tensor { return one("square", t) }

// Pow returns t to the power of v.
func (t Tensor) Pow(v float64) Tensor { return one("pow.Tensor_Scalar", t, v) }

// ClampMin returns the larger of t and v.
func (t Tensor) ClampMin(v float64) Tensor { return one("clamp_min", t, v) }

// Eq returns where t equals o, as Bool.
func (t Tensor) Eq(o Tensor) Tensor { return one("eq.Tensor", t, o) }

// Ge returns where t >= o, as Bool.
func (t Tensor) Ge(o Tensor) Tensor { return one("ge.Tensor", t, o) }

// Gt returns where t > v, as Bool.
func (t Tensor) GtScalar(v float64) Tensor { return one("gt.Scalar", t, v) }

// LogicalNot returns where t is zero.
func (t Tensor) LogicalNot() Tensor { return one("logical_not", t) }

// IsFinite returns where t is neither infinite nor NaN.
func (t Tensor) IsFinite() Tensor { return one("isfinite", t) }

// MaskedFill returns t with v where mask is true.
func (t Tensor) MaskedFill(mask Tensor, v float64) Tensor {
	return one("masked_fill.Scalar", t, mask, v)
}

// Where returns a where cond is true and b elsewhere.
func Where(cond, a, b Tensor) Tensor { return one("where.self", cond, a, b) }

// Matmul returns the matrix product.
func (t Tensor) Matmul(o Tensor) Tensor { return one("matmul", t, o) }

// Mm returns the product of two matrices.
func (t Tensor) Mm(o Tensor) Tensor { return one("mm", t, o) }
