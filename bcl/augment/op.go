package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// Op is one of the operations RandAugment draws from. The order is that of the
// released code of BCL.
type Op uint8

// The operations. Their values are part of what a seed means: never reorder them.
const (
	OpShearX Op = iota
	OpShearY
	OpTranslateX
	OpTranslateY
	OpRotate
	OpAutoContrast
	OpInvert
	OpEqualize
	OpSolarize
	OpPosterize
	OpContrast
	OpColor
	OpBrightness
	OpSharpness
	OpCutout
	NumOps
)

// MaxMagnitude is the magnitude at which an operation's value is the upper end
// of its range.
const MaxMagnitude = 30

var ops = [NumOps]struct {
	name   string
	lo, hi float64
	signed bool // the sign of the value is drawn
}{
	OpShearX:       {"ShearX", 0, 0.6, true},
	OpShearY:       {"ShearY", 0, 0.6, true},
	OpTranslateX:   {"TranslateX", 0, 0.66, true},
	OpTranslateY:   {"TranslateY", 0, 0.66, true},
	OpRotate:       {"Rotate", 0, 60, true},
	OpAutoContrast: {"AutoContrast", 0, 1, false},
	OpInvert:       {"Invert", 0, 1, false},
	OpEqualize:     {"Equalize", 0, 1, false},
	OpSolarize:     {"Solarize", 0, 110, false},
	OpPosterize:    {"Posterize", 4, 8, false},
	OpContrast:     {"Contrast", 0.1, 1.9, false},
	OpColor:        {"Color", 0.1, 1.9, false},
	OpBrightness:   {"Brightness", 0.1, 1.9, false},
	OpSharpness:    {"Sharpness", 0.1, 1.9, false},
	OpCutout:       {"Cutout", 0, 0.4, false},
}

func (op Op) String() string {
	if op < NumOps {
		return ops[op].name
	}
	return "Op(?)"
}

// Value is the operation's parameter at a magnitude in [0, MaxMagnitude]: a
// linear walk through its range.
func (op Op) Value(magnitude float64) float64 {
	r := ops[op]
	return float64(magnitude/MaxMagnitude*(r.hi-r.lo)) + r.lo
}

// Step is an operation with everything that was drawn for it.
type Step struct {
	Op     Op
	Value  float64 // with its sign; what it means depends on Op
	CX, CY float64 // centre of OpCutout, as fractions of the width and height
}

// Apply does the step to m. Some operations need another image to read from: tmp
// serves for that, and is left with other content.
func (s Step) Apply(m, tmp *rgb.Image) {
	v := s.Value
	switch s.Op {
	case OpAutoContrast:
		AutoContrast(m)
	case OpInvert:
		Invert(m)
	case OpEqualize:
		Equalize(m)
	case OpSolarize:
		Solarize(m, v)
	case OpPosterize:
		Posterize(m, int(v))
	case OpContrast:
		Contrast(m, v)
	case OpColor:
		Saturation(m, v)
	case OpBrightness:
		Brightness(m, v)
	case OpCutout:
		Cutout(m, v, float64(s.CX*float64(m.W)), float64(s.CY*float64(m.H)))
	default:
		tmp.Resize(m.W, m.H)
		copy(tmp.Pix, m.Pix)
		s.applyFrom(m, tmp)
	}
}

// applyFrom does the operations that look around.
func (s Step) applyFrom(dst, src *rgb.Image) {
	switch s.Op {
	case OpShearX:
		ShearX(dst, src, s.Value)
	case OpShearY:
		ShearY(dst, src, s.Value)
	case OpTranslateX:
		TranslateX(dst, src, s.Value)
	case OpTranslateY:
		TranslateY(dst, src, s.Value)
	case OpRotate:
		Rotate(dst, src, s.Value)
	case OpSharpness:
		Sharpness(dst, src, s.Value)
	}
}
