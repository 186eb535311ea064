package lanes

var hue = huePlain

// Hue turns the colours of p by shift steps of 1/256 of the colour circle: to 8-bit HSV, add
// shift to H, and back, in Pillow's mix of single and double precision. The formulas are those
// of Python's colorsys.
func Hue(p []uint8, shift uint8) { hue(p, shift) }

func huePlain(p []uint8, shift uint8) {
	for i := 0; i+2 < len(p); i += 3 {
		q := p[i : i+3 : i+3]
		r, g, b := int(q[0]), int(q[1]), int(q[2])
		hi, lo := max(r, g, b), min(r, g, b)
		if hi == lo {
			continue // grey has no hue
		}
		chroma := hi - lo
		mid := r + g + b - hi - lo
		h := hueOf(r, g, b, hi, float32(hi-mid)/float32(chroma))
		s := uint8(float64(float32(chroma)/float32(hi)) * 255)
		c := &circle[h+shift]
		fs := saturation[s]
		v := float64(hi)
		weak := float64(v * (1 - float64(fs)))
		between := float64(v * (1 - float64(float64(fs*c.falling)+float64(float64(fs)*c.rising))))
		// Three channels in one word; shifts put them in their positions.
		w := uint32(hi) | uint32(weak+0.5)<<8 | uint32(between+0.5)<<16
		q[0], q[1], q[2] = uint8(w>>(c.r&31)), uint8(w>>(c.g&31)), uint8(w>>(c.b&31))
	}
}

// hueOf is the 8-bit hue of a colour whose strongest channel is hi, given x =
// (hi-middle)/(hi-lowest). Hues in sixths of the circle: red 0, green 2, blue 4.
func hueOf(r, g, b, hi int, x float32) uint8 {
	var sixths float64
	switch {
	case hi == r && g > b:
		sixths = 1 - float64(x)
	case hi == r:
		sixths = float64(x) - 1
	case hi == g && r > b:
		sixths = 1 + float64(x)
	case hi == g:
		sixths = 3 - float64(x)
	case r > g:
		sixths = 5 - float64(x)
	default:
		sixths = 3 + float64(x)
	}
	turn := float64(float32(sixths))/6 + 1
	if turn >= 1 {
		turn--
	}
	return uint8(float64(float32(turn)) * 255)
}

// circle describes an 8-bit hue: its sixth of the circle and its position within it. The
// channel between the strongest and the weakest rises from red to yellow and falls from
// yellow to green, and so on; Pillow computes the two with different precision, so the
// share that applies is in its own field and the other is 0.
var circle = func() (t [256]struct {
	falling float32
	rising  float64
	r, g, b uint8 // bits to shift huePlain's word by
}) {
	const strong, weak, between = 0, 8, 16
	places := [6][3]uint8{
		{strong, between, weak}, {between, strong, weak}, {weak, strong, between},
		{weak, between, strong}, {between, weak, strong}, {strong, weak, between},
	}
	for h := range t {
		at := float64(h) * 6 / 255
		sixth := int(at)
		f := float32(at - float64(sixth))
		if sixth%2 == 1 {
			t[h].falling = f
		} else {
			t[h].rising = 1 - float64(f)
		}
		p := places[sixth%6]
		t[h].r, t[h].g, t[h].b = p[0], p[1], p[2]
	}
	return t
}()

// saturation is an 8-bit saturation as a number from 0 to 1.
var saturation = func() (t [256]float32) {
	for s := range t {
		t[s] = float32(float64(s) / 255)
	}
	return t
}()
