package augment

import (
	"reflect"
	"strings"
	"testing"
)

func TestRecipes(t *testing.T) {
	for _, name := range Recipes() {
		p, err := Recipe(name, 64)
		if err != nil || p.Check() != nil || p.Size != 64 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if same, err := Unchanged().Of(*p); err != nil || !reflect.DeepEqual(same, p) {
			t.Errorf("%s unchanged is %+v, %v", name, same, err)
		}
	}
	if _, err := Recipe("imagenet1k", 64); err == nil || !strings.Contains(err.Error(), "[cifar imagenet mocov2 simclr]") {
		t.Errorf("an unknown recipe: error %v", err)
	}
	// The strengths of the papers.
	if j := SimCLR(224).Jitter; j != (Jitter{P: 0.8, Brightness: 0.8, Contrast: 0.8, Saturation: 0.8, Hue: 0.2}) {
		t.Errorf("SimCLR's jitter is %+v", j)
	}
	if b := SimCLR(224).Blur; b != (Blur{P: 0.5, Sigma: [2]float64{0.1, 2}, Kernel: 23}) {
		t.Errorf("SimCLR's blur is %+v", b)
	}
	if p := MoCoV2(224); p.Scale != [2]float64{0.2, 1} || p.Blur.Kernel != 0 || p.Grey != 0.2 {
		t.Errorf("MoCo v2's recipe is %+v", p)
	}
}

func TestStages(t *testing.T) {
	s := Unchanged()
	s.MinScale, s.Jitter, s.Grey, s.Blur, s.Filter, s.Resize = 0.3, 0.5, 0, 0.1, TorchvisionBlur, "bilinear"
	p, err := s.Of(*CIFAR(32))
	if err != nil {
		t.Fatal(err)
	}
	want := CIFAR(32)
	want.Scale[0], want.Grey, want.Filter = 0.3, 0, Bilinear
	want.Jitter = Jitter{P: 0.8, Brightness: 0.2, Contrast: 0.2, Saturation: 0.2, Hue: 0.05}
	want.Blur = Blur{P: 0.1, Sigma: [2]float64{0.1, 2}, Kernel: KernelSize(32)}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("%+v, want %+v", p, want)
	}
	s = Unchanged()
	s.Jitter, s.Blur, s.Filter = 0, 0, PillowBlur
	if p, err := s.Of(*SimCLR(32)); err != nil || p.Jitter.P != 0 || p.Blur.P != 0 || p.Blur.Kernel != 0 {
		t.Errorf("without jitter and blur: %+v, %v", p, err)
	}
	for _, bad := range []func(*Stages){
		func(s *Stages) { s.MinScale = 1.5 }, func(s *Stages) { s.Jitter = -1 }, func(s *Stages) { s.Jitter = 9 },
		func(s *Stages) { s.Grey = 2 }, func(s *Stages) { s.Blur = 1.1 }, func(s *Stages) { s.Filter = "box" }, func(s *Stages) { s.Resize = "nearest" },
	} {
		s := Unchanged()
		bad(&s)
		if p, err := s.Of(*CIFAR(32)); err == nil {
			t.Errorf("%+v gives %+v", s, p)
		}
	}
}
