package bcleval

import (
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// The suite has the settings of the flags, also for ImageNet's protocol.
func TestSuite(t *testing.T) {
	place, err := dataset.Open("embedded", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	im := &images{probe: place.Probe, test: place.Test, groups: score.Groups{}, protocols: []protocol.Protocol{protocol.Everything()}}
	suite := func(args ...string) *eval.Suite {
		t.Helper()
		o := newOptions()
		if err := o.flags.Parse(append(args, "--size", "224", "--finetune-crop", "resized")); err != nil {
			t.Fatal(err)
		}
		if err := o.checkFlags(); err != nil {
			t.Fatal(err)
		}
		s := o.suite(im, torch.CPU)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := suite(); s.Resize != 0 || s.Filter != augment.Bicubic || s.Crop != views.CropResized || len(s.Classifiers) != 2 {
		t.Errorf("%+v", s)
	}
	s := suite("--resize", "256", "--interpolation", "bilinear", "--by", "finetune", "--finetune-lr", "0.5")
	if s.Resize != 256 || s.Filter != augment.Bilinear || s.Size != 224 || s.Classifiers[0].(*eval.FineTune).LR != 0.5 {
		t.Errorf("%+v", s)
	}
}
