package bcleval

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// smallest is the word of --shots for as many images per class as the smallest has, and
// asSmallest the number that stands for it until they are counted.
const (
	smallest   = "smallest"
	asSmallest = -1
)

// checkProtocols reads --protocol, and --shots: full, or numbers of images per class,
// where 0 means full.
func (o *options) checkProtocols() error {
	o.protocols, o.shots = nil, nil
	for _, text := range o.protocolTexts {
		s, err := protocol.ParseSpec(text)
		if err != nil {
			return cli.Usagef("--protocol %s: %w", text, err)
		}
		s = s.In(o.listPath)
		for _, other := range o.protocols {
			if s.Name == other.Name {
				return cli.Usagef("--protocol %s: the name %q is repeated", text, s.Name)
			}
			if s.Probe != other.Probe {
				return cli.Usagef("--protocol %s: its probe list is not that of %s, and a call has one probe set", text, other)
			}
		}
		o.protocols = append(o.protocols, s)
	}
	switch {
	case len(o.protocols) > 0 && len(o.shotWords)+len(o.shotLists)+len(o.probeLists) > 0:
		return cli.Usagef("--protocol '{...}' excludes --probe-list, --shots and --shot-lists")
	case o.probeTrain && len(o.protocols)+len(o.shotLists)+len(o.probeLists) > 0:
		return cli.Usagef("--probe-train excludes --protocol '{...}', --probe-list and --shot-lists")
	}
	for _, w := range o.shotWords {
		k := 0
		switch w = strings.TrimSuffix(w, "-shot"); w {
		case protocol.Full:
		case smallest:
			k = asSmallest
		default:
			var err error
			if k, err = strconv.Atoi(w); err != nil || k < 1 {
				return cli.Usagef("--shots has %q, expected %s, %s or a number of images per class", w, protocol.Full, smallest)
			}
		}
		if slices.Contains(o.shots, k) {
			return cli.Usagef("--shots has %q twice", w)
		}
		o.shots = append(o.shots, k)
	}
	return nil
}

// probeList returns the list that defines the probe set, if any, and the index lists
// into it.
func (o *options) probeList() (defined string, lists []string, err error) {
	if len(o.protocols) > 0 {
		return o.protocols[0].Probe, nil, nil
	}
	if o.probeTrain {
		if o.Split != "" {
			lists = []string{o.Split}
		}
	} else if lists, err = protocol.Expand(o.probeLists); err != nil {
		return "", nil, err
	}
	if err != nil || len(lists) != 1 {
		return "", lists, err
	}
	indices, err := dataset.IsIndexList(lists[0])
	if err != nil || indices {
		return "", lists, err
	}
	return lists[0], nil, nil
}

// listPath finds a list that --protocol names: in the folder of --splits, if there is one.
func (o *options) listPath(name string) string {
	if o.splits == "" || filepath.IsAbs(name) {
		return name
	}
	return protocol.Find(o.splits, name)
}

// resolveProtocols returns the samples that classifiers are fitted on. lists are index
// lists into the probe set.
func (o *options) resolveProtocols(probe dataset.Dataset, lists []string, stderr io.Writer) (out []protocol.Protocol, err error) {
	specs := o.protocols
	if len(specs) == 0 {
		if specs, err = o.specs(probe, lists, stderr); err != nil {
			return nil, err
		}
	}
	for _, s := range specs {
		p, err := s.Resolve(probe, o.shotSubsets)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// specs returns the protocols that --shots, --shot-lists, --splits and lists, the index
// lists of --probe-list, describe.
func (o *options) specs(probe dataset.Dataset, lists []string, stderr io.Writer) ([]protocol.Spec, error) {
	whole, err := o.whole(lists)
	if err != nil {
		return nil, err
	}
	if len(o.shots) == 0 {
		return []protocol.Spec{whole}, nil
	}
	given, err := o.givenShots(len(probe.Classes()))
	if err != nil {
		return nil, err
	}
	var out []protocol.Spec
	for _, k := range o.shots {
		if k == asSmallest {
			if k, err = smallestClass(whole, probe); err != nil {
				return nil, err
			}
			if slices.Contains(o.shots, k) {
				continue
			}
		}
		s := whole
		s.Name = protocol.Full
		if k > 0 {
			if s, err = o.shotsOf(k, given[k], whole, stderr); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// smallestClass returns how many images the smallest class has of the one list of a
// protocol, or of the probe set. It is an error if that is none.
func smallestClass(whole protocol.Spec, probe dataset.Dataset) (int, error) {
	p, err := whole.Resolve(probe, 1)
	if err != nil {
		return 0, err
	}
	ds := probe
	if rows := p.Subsets[0].Rows; rows != nil {
		if ds, err = dataset.Subset(probe, rows); err != nil {
			return 0, err
		}
	}
	counts, _ := dataset.Counts(ds)
	if len(counts) == 0 || slices.Min(counts) == 0 {
		return 0, errors.New("--shots smallest: a class has no images to fit on")
	}
	return slices.Min(counts), nil
}

// whole is the protocol of the probe set, or of --probe-list.
func (o *options) whole(lists []string) (s protocol.Spec, err error) {
	if s.Lists = lists; len(lists) == 0 && o.splits != "" && len(o.probeLists) == 0 && !o.probeTrain {
		if s.Lists, err = protocol.Glob(o.splits, "*trainIdxList.npy"); err != nil {
			return s, fmt.Errorf("--splits: %w", err)
		}
		switch {
		case len(s.Lists) == 0 && (len(o.shots) == 0 || slices.Contains(o.shots, 0)):
			return s, fmt.Errorf("--splits %s has no *trainIdxList.npy, the list of the full probe set: name one with --probe-list, or name the other lists with --shot-lists and --val-list to fit on all labelled images", o.splits)
		case len(s.Lists) > 1:
			return s, fmt.Errorf("%s has several lists of the full probe set (%s): name one with --probe-list", o.splits, strings.Join(s.Lists, ", "))
		}
	}
	if len(s.Lists) > 1 {
		s.Name = "lists"
	}
	return s, nil
}

// givenShots returns --shot-lists by their images per class.
func (o *options) givenShots(classes int) (map[int][]string, error) {
	files, err := protocol.Expand(o.shotLists)
	if err != nil {
		return nil, fmt.Errorf("--shot-lists: %w", err)
	}
	out := map[int][]string{}
	for _, path := range files {
		rows, err := dataset.ReadIndexList(path)
		if err != nil {
			return nil, err
		}
		k := len(rows) / max(1, classes)
		if !slices.Contains(o.shots, k) {
			return nil, cli.Usagef("%s has %d images per class, but --shots has no %d", path, k, k)
		}
		out[k] = append(out[k], path)
	}
	return out, nil
}

// shotsOf returns the protocol of k images per class: the given lists, else the published
// ones, else random subsets of the one full list.
func (o *options) shotsOf(k int, given []string, whole protocol.Spec, stderr io.Writer) (protocol.Spec, error) {
	s := protocol.Spec{Name: protocol.ShotsName(k), Shots: k, Lists: given}
	if given != nil {
		return s, nil
	}
	if o.splits != "" {
		found, err := protocol.Glob(o.splits, fmt.Sprintf("*split*_test_%dshot.npy", k))
		if err != nil {
			return s, err
		}
		if s.Lists = found; len(found) > 0 {
			return s, nil
		}
		fmt.Fprintf(stderr, "%s: %s has no *split*_test_%dshot.npy: drawing %d subsets\n", name, quote.Name(o.splits), k, o.shotSubsets)
	}
	switch len(whole.Lists) {
	case 0:
	case 1:
		s.From = whole.Lists[0]
	default:
		return s, errors.New("--shots draws from one --probe-list, and several are given")
	}
	return s, nil
}
