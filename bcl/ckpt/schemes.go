package ckpt

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// naming reads and writes the names of one component of a scheme: those with a prefix.
type naming struct {
	prefix    string
	component Component
	// read and write translate what comes after the prefix; nil keeps it.
	read  func(string) (path string, b Branch)
	write func(Name) string
	also  []string // further prefixes that are read
}

// and is m that also reads another prefix, of old versions or of a wrapper.
func (m naming) and(prefix string) naming {
	m.also = []string{prefix}
	return m
}

// scheme makes a Scheme of namings. The first that can read a name reads it.
func scheme(s Scheme, namings ...naming) *Scheme {
	s.parse = func(key string) (Name, bool) {
		for _, m := range namings {
			for _, prefix := range append(m.also, m.prefix) {
				path, ok := strings.CutPrefix(key, prefix)
				if !ok {
					continue
				}
				branch := Single
				if m.read != nil {
					path, branch = m.read(path)
				}
				if n, ok := known(m.component, path); ok {
					n.Branch = branch
					return n, true
				}
			}
		}
		return Name{}, false
	}
	s.within = func(key string) bool {
		return slices.ContainsFunc(namings, func(m naming) bool { return m.component == Backbone && m.holds(key) })
	}
	s.format = func(n Name) (string, bool) {
		for _, m := range namings {
			if m.component != n.Component {
				continue
			}
			path := n.Path
			if m.write != nil {
				path = m.write(n)
			}
			return m.prefix + path, path != ""
		}
		return "", false
	}
	return &s
}

// layerPath is a path below what torchvision's, timm's or a Sequential's ResNet may have
// tensors in; a number only in a Sequential.
var layerPath = regexp.MustCompile(`^(?:conv\d*|bn\d*|norm\d*|layer\d*|maxpool|avgpool|global_pool|attnpool|stem|\d+)\.`)

// holds reports a name that is of the component but for its path.
func (m naming) holds(key string) bool {
	for _, prefix := range append(m.also, m.prefix) {
		path, ok := strings.CutPrefix(key, prefix)
		if ok && layerPath.MatchString(path) && (prefix != "" || path[0] > '9') {
			return true
		}
	}
	return false
}

// dual is a naming with two branches.
func dual(prefix string, c Component) naming {
	return naming{prefix: prefix, component: c, read: fromDual, write: toDual}
}

// translated is a naming whose names have other prefixes than ours, by pairs: theirs,
// ours, theirs, ours, ... Names with other prefixes are unknown.
func translated(prefix string, c Component, pairs ...string) naming {
	change := func(path string, from, to int) string {
		for i := 0; i < len(pairs); i += 2 {
			if rest, ok := strings.CutPrefix(path, pairs[i+from]); ok {
				return pairs[i+to] + rest
			}
		}
		return ""
	}
	return naming{prefix: prefix, component: c,
		read:  func(path string) (string, Branch) { return change(path, 0, 1), Single },
		write: func(n Name) string { return change(n.Path, 1, 0) },
	}
}

// withShortcut is m for a project that names torchvision's downsample shortcut.
func withShortcut(m naming) naming {
	read, write := m.read, m.write
	m.read = func(path string) (string, Branch) {
		if strings.Contains(path, ".downsample.") {
			return "", Single
		}
		if read != nil {
			path, _ = read(path)
		}
		return strings.Replace(path, ".shortcut.", ".downsample.", 1), Single
	}
	m.write = func(n Name) string {
		path := n.Path
		if write != nil {
			path = write(n)
		}
		return strings.Replace(path, ".downsample.", ".shortcut.", 1)
	}
	return m
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

// single has torchvision's names for the backbone, and names for the normalisation.
var single = scheme(Scheme{Name: "sdclr-single", About: "VITA-Group/SDCLR without --prune", Head: NormedHead},
	naming{prefix: "normalize.", component: Normalize},
	naming{prefix: "fc.", component: Head},
	naming{prefix: "fc.", component: Classifier},
	naming{prefix: "", component: Backbone})

// schemes are in the order of Detect's preference. The names come from the projects'
// sources; testdata/keys.py builds the networks and lists them.
var schemes = []*Scheme{
	scheme(Scheme{Name: "bcl", About: "the authors' SimCLR and BCL-I, and ours", Head: NormedHead},
		naming{prefix: "backbone.normalize.", component: Normalize},
		naming{prefix: "backbone.", component: Backbone},
		naming{prefix: "projector.", component: Head}),
	scheme(Scheme{Name: "bcl-dual", About: "the authors' SDCLR and BCL-D, and ours", Head: NormedHead, Dual: true},
		naming{prefix: "backbone.normalize.", component: Normalize},
		dual("backbone.fc.", Head),
		dual("backbone.", Backbone)),
	scheme(Scheme{Name: "torchvision", About: "torchvision.models.resnet*", Note: noNormalise},
		naming{prefix: "", component: Backbone},
		naming{prefix: "fc.", component: Classifier}),
	scheme(Scheme{Name: "timm", About: "timm.create_model(\"resnet*\"), whose names are torchvision's", Note: noNormalise},
		naming{prefix: "", component: Backbone},
		naming{prefix: "fc.", component: Classifier}),
	scheme(Scheme{Name: "sdclr", About: "VITA-Group/SDCLR with --prune --prune_dual_bn", Head: NormedHead, Dual: true},
		naming{prefix: "normalize.", component: Normalize},
		dual("fc.", Head),
		naming{prefix: "fc.", component: Classifier},
		dual("", Backbone)),
	single,
	scheme(Scheme{Name: "lightly", About: "lightly's examples: Sequential(*torchvision resnet.children())", Head: NormedHead, Note: lightlyNote},
		translated("backbone.", Backbone, children(4)...).and("features."), // before 1.0.6
		lightlyHead),
	scheme(Scheme{Name: "lightly-cifar", About: "lightly's ResNetGenerator in a Sequential (its CIFAR benchmarks)", Head: NormedHead,
		Note: lightlyNote + "; a Sequential of ResNetGenerator's children has no ReLU after the first norm, where its own forward, ours and torchvision's have one: the weights fit, the features differ"},
		withShortcut(translated("backbone.", Backbone, children(2)...)).and("features."),
		lightlyHead),
	scheme(Scheme{Name: "lightly-named", About: "lightly with a torchvision ResNet whose fc is Identity (its ImageNet benchmarks)", Head: NormedHead, Note: lightlyNote},
		naming{prefix: "backbone.", component: Backbone}, lightlyHead,
		naming{prefix: "online_classifier.classification_head.", component: Classifier}),
	scheme(Scheme{Name: "solo-learn", About: "solo-learn's SimCLR and SupCon", Head: PlainHead,
		Note: noNormalise + "; with --data cifar10 or cifar100 its first convolution pads by 2, ours and torchvision's CIFAR stem by 1: the weights fit, the features differ unless conv1.padding is set to the same value"},
		naming{prefix: "backbone.", component: Backbone}.and("encoder."), // encoder in its first versions
		translated("projector.", Head, "0.", "fc1.", "2.", "fc2."),
		naming{prefix: "classifier.", component: Classifier}),
	scheme(Scheme{Name: "supcontrast", About: "HobbitLong/SupContrast", Head: PlainHead, Note: noNormalise + "; its network always has the CIFAR stem"},
		withShortcut(naming{prefix: "encoder.", component: Backbone}).and("encoder.module."), // it wraps only the encoder in DataParallel
		translated("head.", Head, "0.", "fc1.", "2.", "fc2."),
		naming{prefix: "fc.", component: Classifier}),
	scheme(Scheme{Name: "mmpretrain", About: "mmpretrain's (MMSelfSup's) SimCLR and ImageClassifier", Head: NormedHead,
		Note: noNormalise + " (mmpretrain's data_preprocessor does, from its settings, in 0 to 255); its NonLinearNeck has a bias in the first layer only with with_bias=True"},
		naming{prefix: "backbone.", component: Backbone},
		translated("neck.", Head, "fc0.", "fc1.", "bn0.", "bn1.", "fc1.", "fc2.", "bn1.", "bn2.", "fc2.", "fc3.", "bn2.", "bn3."),
		naming{prefix: "head.fc.", component: Classifier}),
}
