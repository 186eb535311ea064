package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// Op is one of the operations RandAugment draws from. The order is that of the
// released code of BCL.
type Op uint8

// The operations. Their values are part of what a seed produces: never reorder them.
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
	signed bool // the sign of the value is random
	apply  func(s Step, m, tmp *rgb.Image)
}{
	OpShearX:       {"ShearX", 0, 0.6, true, from(ShearX)},
	OpShearY:       {"ShearY", 0, 0.6, true, from(ShearY)},
	OpTranslateX:   {"TranslateX", 0, 0.66, true, from(TranslateX)},
	OpTranslateY:   {"TranslateY", 0, 0.66, true, from(TranslateY)},
	OpRotate:       {"Rotate", 0, 60, true, from(Rotate)},
	OpAutoContrast: {"AutoContrast", 0, 1, false, func(_ Step, m, _ *rgb.Image) { AutoContrast(m) }},
	OpInvert:       {"Invert", 0, 1, false, func(_ Step, m, _ *rgb.Image) { Invert(m) }},
	OpEqualize:     {"Equalize", 0, 1, false, func(_ Step, m, _ *rgb.Image) { Equalize(m) }},
	OpSolarize:     {"Solarize", 0, 110, false, inPlace(Solarize)},
	OpPosterize:    {"Posterize", 4, 8, false, func(s Step, m, _ *rgb.Image) { Posterize(m, int(s.Value)) }},
	OpContrast:     {"Contrast", 0.1, 1.9, false, inPlace(Contrast)},
	OpColor:        {"Color", 0.1, 1.9, false, inPlace(Saturation)},
	OpBrightness:   {"Brightness", 0.1, 1.9, false, inPlace(Brightness)},
	OpSharpness:    {"Sharpness", 0.1, 1.9, false, from(Sharpness)},
	OpCutout: {"Cutout", 0, 0.4, false, func(s Step, m, _ *rgb.Image) {
		Cutout(m, s.Value, float64(s.CX*float64(m.W)), float64(s.CY*float64(m.H)))
	}},
}

// inPlace makes a step of an operation that reads one pixel at a time.
func inPlace(op func(m *rgb.Image, v float64)) func(s Step, m, tmp *rgb.Image) {
	return func(s Step, m, _ *rgb.Image) { op(m, s.Value) }
}

// from makes a step of an operation that reads other pixels too, and so needs a copy.
func from(op func(dst, src *rgb.Image, v float64)) func(s Step, m, tmp *rgb.Image) {
	return func(s Step, m, tmp *rgb.Image) {
		tmp.Resize(m.W, m.H)
		copy(tmp.Pix, m.Pix)
		op(m, tmp, s.Value)
	}
}

func (op Op) String() string {
	if op < NumOps {
		return ops[op].name
	}
	return "Op(?)"
}

// Value is the operation's parameter at a magnitude in [0, MaxMagnitude]: linear in its
// range.
func (op Op) Value(magnitude float64) float64 {
	r := ops[op]
	return float64(magnitude/MaxMagnitude*(r.hi-r.lo)) + r.lo
}

// Step is an operation with everything that was drawn for it.
type Step struct {
	Op     Op
	Value  float64 // with its sign; its meaning depends on Op
	CX, CY float64 // centre of OpCutout, as fractions of the width and height
}

// Apply applies the step to m. tmp is scratch space for operations that need another
// image to read from.
func (s Step) Apply(m, tmp *rgb.Image) { ops[s.Op].apply(s, m, tmp) }
