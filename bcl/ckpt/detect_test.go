package ckpt

import (
	"errors"
	"slices"
	"testing"
)

// TestPrefixes: one prefix below which names are a ResNet's is found, and what is beside
// it is not taken for a part of it.
func TestPrefixes(t *testing.T) {
	for prefix, c := range map[string]struct {
		scheme string
		beside []string
	}{
		"net.":                            {"torchvision", []string{"head.weight"}},
		"resnet.":                         {"huggingface", []string{"classifier.1.weight"}},
		"base_model.":                     {"torchvision", nil},
		"module.encoder_q.":               {"torchvision", []string{"module.queue", "module.queue_ptr"}},
		"module.":                         {"moco-v3", []string{"module.predictor.0.weight"}},
		"backbone._orig_mod.":             {"torchvision", []string{"fc.weight"}},
		"_forward_module.":                {"lightly", []string{"n_averaged"}},
		"_fsdp_wrapped_module.":           {"bcl", nil},
		"online_encoder.net.":             {"torchvision", nil},
		"student.backbone.":               {"torchvision", nil},
		"f.":                              {"sequential", []string{"g.0.weight"}},
		"encoder_q.":                      {"sequential", nil},
		"backbone.bottom_up.":             {"detectron2", []string{"proposal_generator.rpn_head.conv.weight"}},
		"model.":                          {"torchvision", []string{"online_classifier.weight"}},
		"classy.model.":                   {"vissl", nil},
		"module.momentum.":                {"simsiam", nil},
		"a.very.long.prefix.of.a.trainer": {"torchvision", nil},
	} {
		if prefix[len(prefix)-1] != '.' {
			prefix += "."
		}
		var state []Tensor
		for _, x := range rename(t, resnet(t), c.scheme) {
			state = append(state, Tensor{prefix + x.Name, x.Tensor})
		}
		state = append(state, stateOfNames(t, c.beside)...)
		b, err := BackboneOf(state, BackboneOptions{})
		if err != nil {
			t.Errorf("%s: %v", prefix, err)
			continue
		}
		if b.Arch != small || len(b.Tensors) != len(small.Specs()) || !slices.Equal(b.Report.Unknown, c.beside) {
			t.Errorf("%s: %v, %d tensors, unknown %v", prefix, b.Arch, len(b.Tensors), b.Report.Unknown)
		}
	}
}

// TestTwoNetworks: with two whole ResNets the caller chooses, by prefix or by scheme.
func TestTwoNetworks(t *testing.T) {
	var state []Tensor
	for i, prefix := range []string{"module.encoder_k.", "module.encoder_q."} {
		for _, x := range resnet(t) {
			if x.Name == "conv1.weight" {
				x.Tensor = tensor(t, float32(100*i), x.Shape...)
			}
			state = append(state, Tensor{prefix + x.Name, x.Tensor})
		}
	}
	state = append(state, Tensor{"module.queue", tensor(t, 0, 2)})
	_, err := BackboneOf(state, BackboneOptions{})
	var n *Networks
	if !errors.As(err, &n) || !slices.Equal(n.Below, []string{"module.encoder_k.", "module.encoder_q."}) {
		t.Fatalf("error %v", err)
	}
	for want, o := range map[float32]BackboneOptions{0: {Strip: "module.encoder_k."}, 100: {From: find(t, "moco")}} {
		b, err := BackboneOf(state, o)
		if err != nil {
			t.Fatal(err)
		}
		a, err := b.Tensors[0].Array()
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := a.Float32s(); v[0] != want || b.Tensors[0].Name != "conv1.weight" {
			t.Errorf("%+v: %s begins with %v, want %v", o, b.Tensors[0].Name, v[0], want)
		}
	}
	if _, err := BackboneOf(state, BackboneOptions{From: find(t, "torchvision")}); !errors.As(err, &n) {
		t.Errorf("error %v", err)
	}
	_, err = BackboneOf(state, BackboneOptions{Strip: "encoder."})
	wantError(t, err, `no name begins with "encoder."`)
}
