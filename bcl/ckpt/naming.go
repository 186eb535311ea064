package ckpt

import (
	"regexp"
	"slices"
	"strings"
)

// naming reads and writes the names of one component of a scheme: those with a prefix.
type naming struct {
	prefix    string
	component Component
	// read and write translate what comes after the prefix; nil leaves it.
	read  func(string) (path string, b Branch)
	write func(Name) string
	also  []string // further prefixes that are read
}

// and is m that reads another prefix too, one of old versions or of a wrapping.
func (m naming) and(prefix string) naming {
	m.also = []string{prefix}
	return m
}

// scheme makes a Scheme of namings. Of a name that several could read the first reads it.
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
var layerPath = regexp.MustCompile(`^(?:conv\d*|bn\d*|norm\d*|layer\d*|maxpool|avgpool|global_pool|attnpool|stem|res\d|embedder|encoder\.stages|\d+)\.`)

// holds reports a name that is of the component but for its path.
func (m naming) holds(key string) bool {
	for _, prefix := range append(m.also, m.prefix) {
		path, ok := strings.CutPrefix(key, prefix)
		if ok && layerPath.MatchString(path) && (prefix != "" || m.read != nil || path[0] > '9') {
			return true
		}
	}
	return false
}

// dual is a naming with two branches.
func dual(prefix string, c Component) naming {
	return naming{prefix: prefix, component: c, read: fromDual, write: toDual}
}

// translated is a naming whose names begin otherwise than ours, as pairs says: theirs,
// ours, theirs, ours, ... Names with another beginning are not known.
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

// withWords is m for a project with other names within a block, as pairs says: theirs,
// ours, theirs, ours, ... The first that a name has is replaced.
func withWords(m naming, pairs ...string) naming {
	read, write := m.read, m.write
	change := func(path string, from, to int) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(path, pairs[i+from]) {
				return strings.Replace(path, pairs[i+from], pairs[i+to], 1)
			}
		}
		return path
	}
	m.read = func(path string) (string, Branch) {
		for i := 1; i < len(pairs); i += 2 {
			if strings.Contains(path, pairs[i]) {
				return "", Single // ours, which the project does not say
			}
		}
		if read != nil {
			path, _ = read(path)
		}
		return change(path, 0, 1), Single
	}
	m.write = func(n Name) string {
		path := change(n.Path, 1, 0)
		if n.Path = path; write != nil {
			path = write(n)
		}
		return path
	}
	return m
}

// withShortcut is m for a project that says shortcut for torchvision's downsample.
func withShortcut(m naming) naming { return withWords(m, ".shortcut.", ".downsample.") }
