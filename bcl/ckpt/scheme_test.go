package ckpt

import (
	"slices"
	"testing"
)

// TestGoldenNames reads every name of the projects' own networks, and writes it again.
func TestGoldenNames(t *testing.T) {
	keys := golden(t)
	if len(keys) != len(Schemes()) {
		t.Errorf("keys.json has %d schemes, expected %d", len(keys), len(Schemes()))
	}
	for _, s := range Schemes() {
		count := map[Component]int{}
		for _, k := range keys[s.Name] {
			n, ok := s.Parse(k)
			if !ok {
				t.Errorf("%s: %s is not known", s.Name, k)
				continue
			}
			count[n.Component]++
			if again, ok := s.Format(n); !ok || again != k {
				t.Errorf("%s: %s is read as %+v and written %q", s.Name, k, n, again)
			}
		}
		backbone, norms := count[Backbone], 120
		if s.Dual {
			norms += 20 * 5
		}
		if backbone != norms || (s.Head != NoHead) != (count[Head] > 0) {
			t.Errorf("%s: %v", s.Name, count)
		}
	}
}

func TestDetectGolden(t *testing.T) {
	for name, keys := range golden(t) {
		for _, prefix := range []string{"", "module.", "module._orig_mod."} {
			var names []string
			for _, k := range keys {
				names = append(names, prefix+k)
			}
			d, err := Detect(names)
			want := name
			if name == "timm" {
				want = "torchvision" // the same names
			}
			if err != nil || d.Name != want || d.Prefix != prefix || d.Known != len(keys) {
				t.Errorf("%s below %q: %+v, %v", name, prefix, d, err)
			}
		}
	}
	if _, err := Detect([]string{"blocks.0.attn.qkv.weight"}); err == nil {
		t.Error("a transformer was taken for a ResNet")
	}
	if _, err := Detect(nil); err == nil {
		t.Error("no names were taken for a ResNet")
	}
}

func TestOldPrefixes(t *testing.T) {
	for _, c := range []struct{ scheme, key, path string }{
		{"solo-learn", "encoder.layer1.0.bn1.weight", "layer1.0.bn1.weight"},
		{"supcontrast", "encoder.module.layer2.0.shortcut.1.bias", "layer2.0.downsample.1.bias"},
		{"lightly", "features.7.1.conv2.weight", "layer4.1.conv2.weight"},
		{"lightly-cifar", "features.3.0.shortcut.0.weight", "layer2.0.downsample.0.weight"},
	} {
		if n, ok := find(t, c.scheme).Parse(c.key); !ok || n != (Name{Component: Backbone, Path: c.path}) {
			t.Errorf("%s: %s is %+v, %v", c.scheme, c.key, n, ok)
		}
	}
}

func TestNotKnown(t *testing.T) {
	for scheme, keys := range map[string][]string{
		"torchvision": {"conv1.bias", "layer5.0.conv1.weight", "layer1.0.conv4.weight", "layer1.x.conv1.weight", "bn1", "module.conv1.weight",
			"layer1.0.downsample.2.weight", "bn1.bn_list.0.weight", "", "fc", "fc.weight.x", "layer1.99999.conv1.weight"},
		"bcl":           {"backbone.bn1.bn_list.0.weight", "projector.fc1", "projector.bn1.bn_list.1.bias", "backbone.fc.weight", "conv1.weight"},
		"bcl-dual":      {"backbone.bn1.weight", "backbone.bn1.bn_list.2.weight", "backbone.conv1.bn_list.0.weight", "backbone.fc.bn1.weight"},
		"supcontrast":   {"encoder.layer2.0.downsample.0.weight", "head.1.weight"},
		"lightly-cifar": {"backbone.6.0.conv1.weight", "backbone.0.0.weight"},
	} {
		for _, k := range keys {
			if n, ok := find(t, scheme).Parse(k); ok {
				t.Errorf("%s: %q is read as %+v", scheme, k, n)
			}
		}
	}
	if _, err := FindScheme("resnet"); err == nil {
		t.Error("a scheme that is not there was found")
	}
}

func TestUnwrap(t *testing.T) {
	for want, names := range map[string][]string{
		"":                 {"module.a", "b"},
		"module.":          {"module.a", "module.module"},
		"module.module.":   {"module.module.a"},
		"model._orig_mod.": {"model._orig_mod.a", "model._orig_mod.b"},
	} {
		if got := Unwrap(names); got != want {
			t.Errorf("%q: %q, want %q", names, got, want)
		}
	}
	if Unwrap(nil) != "" {
		t.Error("no names have a prefix")
	}
}

func FuzzNames(f *testing.F) {
	f.Add("module.backbone.layer1.0.bn1.bn_list.1.weight")
	f.Add("encoder.module.layer2.0.shortcut.1.bias")
	f.Fuzz(func(t *testing.T, key string) {
		for _, s := range Schemes() {
			n, ok := s.Parse(key)
			if !ok {
				continue
			}
			again, ok := s.Format(n)
			if !ok {
				t.Fatalf("%s: %q is read as %+v and cannot be written", s.Name, key, n)
			}
			if m, ok := s.Parse(again); !ok || m != n {
				t.Fatalf("%s: %q is %+v, written %q, is %+v", s.Name, key, n, again, m)
			}
		}
		if !slices.Contains([]string{"", "module.", "_orig_mod.", "model."}, Unwrap([]string{key, "x"})) {
			t.Fatal(key)
		}
	})
}
