package ckpt

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
)

// TestForeignLayers: what is below the backbone's layers and no ResNet's is an error, what
// is beside them is not.
func TestForeignLayers(t *testing.T) {
	for scheme, names := range map[string][]string{
		"torchvision": {"conv1.bias", "layer1.0.se.fc1.weight", "layer2.0.downsample.2.weight", "layer5.0.conv1.weight", "maxpool.0.weight",
			"conv2.weight", "bn2.weight", "layer1.0.conv1.weight_u", "attnpool.c_proj.weight", "global_pool.p"},
		"bcl":         {"backbone.conv1.bias", "backbone.layer3.0.se.conv.weight"},
		"bcl-dual":    {"backbone.conv1.bias", "backbone.bn1.weight"},
		"lightly":     {"backbone.0.bias", "backbone.4.0.conv2.bias", "backbone.8.p"},
		"supcontrast": {"encoder.layer2.0.downsample.0.weight", "encoder.conv1.bias"},
		"huggingface": {"encoder.stages.0.layers.0.layer.0.convolution.bias", "embedder.embedder.convolution.bias"},
		"detectron2":  {"res2.0.conv1.bias", "stem.conv2.weight"},
		"sequential":  {"0.bias"},
		"mmpretrain":  {"backbone.layer1.0.conv2_offset.weight"},
	} {
		for _, name := range names {
			state := append(rename(t, resnet(t), scheme), Tensor{name, tensor(t, 0, 2)})
			_, err := BackboneOf(state, BackboneOptions{From: find(t, scheme)})
			var m *Misfit
			if !errors.As(err, &m) || !slices.Equal(m.Unexpected, []string{name}) {
				t.Errorf("%s: %s: error %v", scheme, name, err)
			}
			wantError(t, err, "a plain ResNet lacks")
		}
	}
	for scheme, name := range map[string]string{"torchvision": "projector.0.weight", "bcl": "backbone.fc.weight", "lightly": "prediction_head.0.weight"} {
		state := append(rename(t, resnet(t), scheme), Tensor{name, tensor(t, 0, 2)})
		if b, err := BackboneOf(state, BackboneOptions{}); err != nil || !slices.Equal(b.Report.Unknown, []string{name}) {
			t.Errorf("%s: %s: error %v", scheme, name, err)
		}
	}
}

// TestLookAlikes: what the file says itself is heard, wherever it says so.
func TestLookAlikes(t *testing.T) {
	state := rename(t, resnet(t), "torchvision")
	for name, refused := range map[string]bool{"resnetaa50": true, "timm/resnetblur50.bt_in1k": true, "resnetaa50d": true, "resnet50": false, "resnet18.a1_in1k": false, "simclr": false} {
		dict := serialize.NewOrderedDict()
		for _, x := range state {
			if err := dict.Set(x.Name, x.Tensor); err != nil {
				t.Fatal(err)
			}
		}
		dir := t.TempDir()
		for file, save := range map[string]func(path string) error{
			"arch.pt": func(path string) error {
				return serialize.Save(path, serialize.NewDict("arch", name, "state_dict", dict))
			},
			"args.pt": func(path string) error {
				return serialize.Save(path, serialize.NewDict("args", serialize.NewDict("model", name), "state_dict", dict))
			},
			"x.safetensors": func(path string) error {
				return Save(path, state, SaveOptions{Metadata: map[string]string{"architecture": name}})
			},
			"model.safetensors": func(path string) error {
				if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(`{"architecture": "`+name+`"}`), 0o644); err != nil {
					return err
				}
				return Save(path, state, SaveOptions{})
			},
		} {
			path := filepath.Join(dir, file)
			if err := save(path); err != nil {
				t.Fatal(err)
			}
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if f.Architecture() != name {
				t.Errorf("%s: architecture %q, want %q", file, f.Architecture(), name)
			}
			_, err = BackboneOf(state, BackboneOptions{Unlike: f.Unlike()})
			if (err != nil) != refused {
				t.Errorf("%s: %s: error %v", file, name, err)
			}
			f.Close()
		}
	}
}

// TestUnlikeConfig: settings of transformers and timm that no tensor shows are heard.
func TestUnlikeConfig(t *testing.T) {
	state := rename(t, resnet(t), "huggingface")
	weights := contents(t, state, ".safetensors")
	for config, want := range map[string]string{
		`{"model_type": "resnet", "layer_type": "bottleneck", "downsample_in_bottleneck": true}`:                           `downsample_in_bottleneck "true"`,
		`{"downsample_in_bottleneck": true}`:                                                                               `downsample_in_bottleneck "true"`, // bottlenecks are the default
		`{"downsample_in_bottleneck": true, "layer_type": "basic"}`:                                                        "",
		`{"downsample_in_bottleneck": false, "hidden_act": "relu"}`:                                                        "",
		`{"downsample_in_first_stage": true, "layer_type": "basic"}`:                                                       `downsample_in_first_stage "true"`,
		`{"hidden_act": "gelu"}`:                                                                                           `hidden_act "gelu"`,
		`{"hidden_act": "ReLU", "downsample_in_first_stage": null}`:                                                        "",
		`{"architecture": "resnet50", "model_args": {"output_stride": 8}}`:                                                 `output_stride "8"`,
		`{"architecture": "resnet50", "model_args": {"output_stride": 32, "aa_layer": null, "norm_layer": "batchnorm2d"}}`: "",
		`{"architecture": "resnet50", "model_args": {"aa_layer": "avg"}}`:                                                  `aa_layer "avg"`,
		`{"architecture": "resnet50", "model_args": {"act_layer": "silu"}}`:                                                `act_layer "silu"`,
		`{"architecture": ["resnet50"], "hidden_act": "silu"}`:                                                             `hidden_act "silu"`, // a key of an odd type hides no other
		`{}`: "", `[1]`: "", `no JSON`: "",
	} {
		for _, name := range []string{"model.safetensors", "model.fp16.safetensors", "pytorch_model.bin"} {
			f, err := Open(filepath.Join(folder(t, map[string]string{name: weights, "config.json": config}), name))
			if err != nil {
				t.Fatal(err)
			}
			_, err = BackboneOf(state, BackboneOptions{Unlike: f.Unlike()})
			f.Close()
			if want != "" {
				wantError(t, err, want, "computes other features")
			} else if err != nil {
				t.Errorf("%s: error %v", config, err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "timm.pt") // timm's train.py --model-kwargs
	args := serialize.NewDict("model", "resnet50", "model_kwargs", serialize.NewDict("output_stride", int64(16)))
	if err := serialize.Save(path, serialize.NewDict("args", args)); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if u := f.Unlike(); u != `the network has output_stride "16"` {
		t.Errorf("%q", u)
	}
}
