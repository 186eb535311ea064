package ckpt

import (
	"fmt"
	"strings"
)

// rule reads and writes the names of one part of a scheme: those with a prefix.
type rule struct {
	prefix string
	part   Part
	// read and write translate what comes after the prefix; nil leaves it.
	read  func(string) (path string, b Branch)
	write func(Name) string
	// old prefixes are read too.
	old []string
}

// scheme makes a Scheme of rules. Of a name that several could read the first reads it.
func scheme(s Scheme, rules ...rule) *Scheme {
	s.parse = func(key string) (Name, bool) {
		for _, r := range rules {
			for _, prefix := range append(r.old, r.prefix) {
				path, ok := strings.CutPrefix(key, prefix)
				if !ok {
					continue
				}
				branch := Single
				if r.read != nil {
					path, branch = r.read(path)
				}
				if n, ok := known(r.part, path); ok {
					n.Branch = branch
					return n, true
				}
			}
		}
		return Name{}, false
	}
	s.format = func(n Name) (string, bool) {
		for _, r := range rules {
			if r.part != n.Part {
				continue
			}
			path := n.Path
			if r.write != nil {
				path = r.write(n)
			}
			return r.prefix + path, path != ""
		}
		return "", false
	}
	return &s
}

// dual is a rule for names with two branches.
func dual(prefix string, p Part) rule {
	return rule{prefix: prefix, part: p, read: fromDual, write: toDual}
}

// translated is a rule for names whose beginnings differ from ours, which pairs
// gives: theirs, ours, theirs, ours, ... Names with another beginning are not known.
func translated(prefix string, p Part, pairs ...string) rule {
	change := func(path string, from, to int) string {
		for i := 0; i < len(pairs); i += 2 {
			if rest, ok := strings.CutPrefix(path, pairs[i+from]); ok {
				return pairs[i+to] + rest
			}
		}
		return ""
	}
	return rule{prefix: prefix, part: p,
		read:  func(path string) (string, Branch) { return change(path, 0, 1), Single },
		write: func(n Name) string { return change(n.Path, 1, 0) },
	}
}

// withShortcut is r for a project that says shortcut for torchvision's downsample.
func withShortcut(r rule) rule {
	read, write := r.read, r.write
	r.read = func(path string) (string, Branch) {
		if strings.Contains(path, ".downsample.") {
			return "", Single
		}
		if read != nil {
			path, _ = read(path)
		}
		return strings.Replace(path, ".shortcut.", ".downsample.", 1), Single
	}
	r.write = func(n Name) string {
		path := n.Path
		if write != nil {
			path = write(n)
		}
		return strings.Replace(path, ".downsample.", ".shortcut.", 1)
	}
	return r
}

// children are the names of torch.nn.Sequential(*resnet.children()): numbers. The
// first stage is number first.
func children(first int) []string {
	pairs := []string{"0.", "conv1.", "1.", "bn1."}
	for i := range 4 {
		pairs = append(pairs, fmt.Sprintf("%d.", first+i), fmt.Sprintf("layer%d.", i+1))
	}
	return pairs
}

var lightlyHead = translated("projection_head.", Head,
	"layers.0.", "fc1.", "layers.1.", "bn1.", "layers.3.", "fc2.", "layers.4.", "bn2.", "layers.6.", "fc3.", "layers.7.", "bn3.")

const (
	noNormalise = "its network does not normalise its input: give it (image - mean) / std with the method's mean (.485, .456, .406) and std (.229, .224, .225)"
	lightlyNote = noNormalise + "; its SimCLRProjectionHead has no bias in its first layer, which the authors' projector has"
)

// schemes are in the order of Detect's preference. The names were read in the
// projects' sources; testdata/keys.py builds the networks and lists them.
var schemes = []*Scheme{
	scheme(Scheme{Name: "bcl", About: "the authors' SimCLR and BCL-I, and ours", Head: NormedHead},
		rule{prefix: "backbone.normalize.", part: Normalize},
		rule{prefix: "backbone.", part: Backbone},
		rule{prefix: "projector.", part: Head}),
	scheme(Scheme{Name: "bcl-dual", About: "the authors' SDCLR and BCL-D, and ours", Head: NormedHead, Dual: true},
		rule{prefix: "backbone.normalize.", part: Normalize},
		dual("backbone.fc.", Head),
		dual("backbone.", Backbone)),
	scheme(Scheme{Name: "torchvision", About: "torchvision.models.resnet*", Note: noNormalise},
		rule{prefix: "", part: Backbone},
		rule{prefix: "fc.", part: Classifier}),
	scheme(Scheme{Name: "timm", About: "timm.create_model(\"resnet*\"), whose names are torchvision's", Note: noNormalise},
		rule{prefix: "", part: Backbone},
		rule{prefix: "fc.", part: Classifier}),
	scheme(Scheme{Name: "sdclr", About: "VITA-Group/SDCLR with --prune --prune_dual_bn", Head: NormedHead, Dual: true},
		rule{prefix: "normalize.", part: Normalize},
		dual("fc.", Head),
		rule{prefix: "fc.", part: Classifier},
		dual("", Backbone)),
	scheme(Scheme{Name: "sdclr-single", About: "VITA-Group/SDCLR without --prune", Head: NormedHead},
		rule{prefix: "normalize.", part: Normalize},
		rule{prefix: "fc.", part: Head},
		rule{prefix: "fc.", part: Classifier},
		rule{prefix: "", part: Backbone}),
	scheme(Scheme{Name: "lightly", About: "lightly's examples: Sequential(*torchvision resnet.children())", Head: NormedHead, Note: lightlyNote},
		func() rule {
			r := translated("backbone.", Backbone, children(4)...)
			r.old = []string{"features."} // before 1.0.6
			return r
		}(), lightlyHead),
	scheme(Scheme{Name: "lightly-cifar", About: "lightly's ResNetGenerator in a Sequential (its CIFAR benchmarks)", Head: NormedHead,
		Note: lightlyNote + "; a Sequential of ResNetGenerator's children has no ReLU after the first norm, where its own forward, ours and torchvision's have one: the weights fit, the features differ"},
		func() rule {
			r := withShortcut(translated("backbone.", Backbone, children(2)...))
			r.old = []string{"features."}
			return r
		}(), lightlyHead),
	scheme(Scheme{Name: "lightly-named", About: "lightly with a torchvision ResNet whose fc is Identity (its ImageNet benchmarks)", Head: NormedHead, Note: lightlyNote},
		rule{prefix: "backbone.", part: Backbone}, lightlyHead,
		rule{prefix: "online_classifier.classification_head.", part: Classifier}),
	scheme(Scheme{Name: "solo-learn", About: "solo-learn's SimCLR and SupCon", Head: PlainHead,
		Note: noNormalise + "; with --data cifar10 or cifar100 its first convolution pads by 2, ours and torchvision's CIFAR stem by 1: the weights fit, the features differ unless conv1.padding is set alike"},
		rule{prefix: "backbone.", part: Backbone, old: []string{"encoder."}}, // encoder in its first versions
		translated("projector.", Head, "0.", "fc1.", "2.", "fc2."),
		rule{prefix: "classifier.", part: Classifier}),
	scheme(Scheme{Name: "supcontrast", About: "HobbitLong/SupContrast", Head: PlainHead, Note: noNormalise + "; its network has the CIFAR stem whatever the images"},
		func() rule {
			r := withShortcut(rule{prefix: "encoder.", part: Backbone})
			r.old = []string{"encoder.module."} // it wraps the encoder alone in DataParallel
			return r
		}(),
		translated("head.", Head, "0.", "fc1.", "2.", "fc2."),
		rule{prefix: "fc.", part: Classifier}),
	scheme(Scheme{Name: "mmpretrain", About: "mmpretrain's (MMSelfSup's) SimCLR and ImageClassifier", Head: NormedHead,
		Note: noNormalise + " (mmpretrain's data_preprocessor does, from its settings, in 0 to 255); its NonLinearNeck has a bias in the first layer only with with_bias=True"},
		rule{prefix: "backbone.", part: Backbone},
		translated("neck.", Head, "fc0.", "fc1.", "bn0.", "bn1.", "fc1.", "fc2.", "bn1.", "bn2.", "fc2.", "fc3.", "bn2.", "bn3."),
		rule{prefix: "head.fc.", part: Classifier}),
}
