package ckpt

import (
	"regexp"
	"strings"
)

// Component is the part of a network that a tensor belongs to.
type Component string

// The components of a network.
const (
	Backbone   Component = "backbone"
	Head       Component = "projection head"
	Classifier Component = "classifier"
	Normalize  Component = "normalisation of the input"
)

// Branch is the branch of an SDCLR or BCL-D network that a norm belongs to.
type Branch string

// The branches. Convolutions and linear layers are of both, and so Single.
const (
	Single Branch = ""
	Full   Branch = "full"
	Pruned Branch = "pruned"
)

// Name identifies a tensor independently of the project.
type Name struct {
	Component Component
	// Path is the name within the component. The backbone's is torchvision's, such as
	// "layer1.0.conv1.weight"; the head's layers are fc1, bn1, fc2, bn2 and so on;
	// a classifier has weight and bias, the normalisation mean and std.
	Path   string
	Branch Branch
}

const norm = `(?:weight|bias|running_mean|running_var|num_batches_tracked)`

var (
	backbonePath = regexp.MustCompile(`^(?:conv1\.weight|bn1\.` + norm + `|layer[1-4]\.\d{1,4}\.(?:conv[1-3]\.weight|bn[1-3]\.` + norm + `|downsample\.0\.weight|downsample\.1\.` + norm + `))$`)
	headPath     = regexp.MustCompile(`^(?:fc[1-9]\.(?:weight|bias)|bn[1-9]\.` + norm + `)$`)
	normPath     = regexp.MustCompile(`^(?:(?:.*\.)?bn[1-9]|.*\.downsample\.1)\.` + norm + `$`)
	linearPath   = regexp.MustCompile(`^(?:weight|bias)$`)
	meanStdPath  = regexp.MustCompile(`^(?:mean|std)$`)
)

var paths = map[Component]*regexp.Regexp{Backbone: backbonePath, Head: headPath, Classifier: linearPath, Normalize: meanStdPath}

// known returns the name if its component has such a path.
func known(c Component, path string) (Name, bool) {
	return Name{Component: c, Path: path}, paths[c].MatchString(path)
}

// isNorm reports a tensor of a batch normalisation, of which a network with two
// branches has two.
func (n Name) isNorm() bool {
	return (n.Component == Backbone || n.Component == Head) && normPath.MatchString(n.Path)
}

// The authors' networks with two branches keep a pair of norms in a list, and name
// the two modules of a shortcut.

// normLists are the elements of such a list.
var normLists = []struct {
	branch Branch
	path   string
}{{Full, ".bn_list.0"}, {Pruned, ".bn_list.1"}}

// fromDual turns "layer2.0.downsample.bn.bn_list.1.weight" into
// "layer2.0.downsample.1.weight" of the pruned branch.
func fromDual(path string) (string, Branch) {
	branch := Single
	for _, l := range normLists {
		if module, rest, ok := strings.Cut(path, l.path+"."); ok {
			path, branch = module+"."+rest, l.branch
			break
		}
	}
	path = strings.Replace(path, ".downsample.conv.", ".downsample.0.", 1)
	return strings.Replace(path, ".downsample.bn.", ".downsample.1.", 1), branch
}

// toDual is the reverse of fromDual for a name whose norms have a branch.
func toDual(n Name) string {
	path := n.Path
	for _, l := range normLists {
		if n.isNorm() && n.Branch == l.branch {
			i := strings.LastIndexByte(path, '.')
			path = path[:i] + l.path + path[i:]
		}
	}
	path = strings.Replace(path, ".downsample.0.", ".downsample.conv.", 1)
	return strings.Replace(path, ".downsample.1.", ".downsample.bn.", 1)
}
