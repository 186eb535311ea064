package bcleval

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// full is the protocol of the whole probe set.
const full = "full"

// checkShots reads --shots: full, or numbers of images a class; 0 stands for full.
func checkShots(words []string) (shots []int, err error) {
	for _, w := range words {
		k := 0
		if w = strings.TrimSuffix(w, "-shot"); w != full {
			if k, err = strconv.Atoi(w); err != nil || k < 1 {
				return nil, cli.Usagef("--shots has %q, expected %s or a number of images a class", w, full)
			}
		}
		if slices.Contains(shots, k) {
			return nil, cli.Usagef("--shots has %q twice", w)
		}
		shots = append(shots, k)
	}
	return shots, nil
}

// protocols returns what the flags say classifiers are to be fitted on. lists are
// index lists into the probe set.
func (o *options) protocols(probe dataset.Dataset, lists []string, stderr io.Writer) ([]eval.Protocol, error) {
	whole, err := o.whole(probe, lists)
	if err != nil {
		return nil, err
	}
	if len(o.shots) == 0 {
		return []eval.Protocol{whole}, nil
	}
	given, err := o.givenShots(probe)
	if err != nil {
		return nil, err
	}
	var out []eval.Protocol
	for _, k := range o.shots {
		p := whole
		p.Name = full
		if k > 0 {
			if p, err = o.shotsOf(probe, k, given[k], whole, stderr); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// whole is the protocol of the probe set, or of --probe-list.
func (o *options) whole(probe dataset.Dataset, lists []string) (eval.Protocol, error) {
	if len(lists) == 0 && o.splits != "" && len(o.probeLists) == 0 {
		found, err := protocol.Glob(o.splits, "*trainIdxList.npy")
		if err != nil {
			return eval.Protocol{}, fmt.Errorf("--splits: %w", err)
		}
		switch {
		case len(found) == 0 && (len(o.shots) == 0 || slices.Contains(o.shots, 0)):
			return eval.Protocol{}, fmt.Errorf("--splits %s has no *trainIdxList.npy, the list of the whole probe set: name one with --probe-list, or name the other lists with --shot-lists and --val-list to fit on all labelled images", o.splits)
		case len(found) > 1:
			return eval.Protocol{}, fmt.Errorf("%s has several lists of the whole probe set (%s): name one with --probe-list", o.splits, strings.Join(found, ", "))
		}
		lists = found
	}
	if len(lists) == 0 {
		return eval.Everything(), nil
	}
	p := eval.Protocol{}
	if len(lists) > 1 {
		p.Name = "lists"
	}
	var err error
	p.Subsets, err = subsets(probe, lists)
	return p, err
}

// givenShots returns the subsets of --shot-lists by their images a class.
func (o *options) givenShots(probe dataset.Dataset) (map[int][]eval.Subset, error) {
	files, err := expandAll(o.shotLists)
	if err != nil {
		return nil, fmt.Errorf("--shot-lists: %w", err)
	}
	all, err := subsets(probe, files)
	if err != nil {
		return nil, err
	}
	out := map[int][]eval.Subset{}
	for _, s := range all {
		k := len(s.Rows) / len(probe.Classes())
		if err := eval.CheckShots(probe, s, k); err != nil {
			return nil, err
		}
		if !slices.Contains(o.shots, k) {
			return nil, cli.Usagef("%s has %d images a class, but --shots has no %d", s.Name, k, k)
		}
		out[k] = append(out[k], s)
	}
	return out, nil
}

// shotsOf returns the protocol of k images a class: the subsets given, else those
// published, else our own draws from the one whole list.
func (o *options) shotsOf(probe dataset.Dataset, k int, given []eval.Subset, whole eval.Protocol, stderr io.Writer) (eval.Protocol, error) {
	p := eval.Protocol{Name: eval.ShotsName(k), Shots: k, Subsets: given}
	if given != nil {
		return p, nil
	}
	if o.splits != "" {
		found, err := protocol.Glob(o.splits, fmt.Sprintf("*split*_test_%dshot.npy", k))
		if err != nil {
			return p, err
		}
		if p.Subsets, err = subsets(probe, found); err != nil {
			return p, err
		}
		for _, s := range p.Subsets {
			if err := eval.CheckShots(probe, s, k); err != nil {
				return p, err
			}
		}
		if len(found) > 0 {
			return p, nil
		}
		fmt.Fprintf(stderr, "%s: %s has no *split*_test_%dshot.npy: drawing %d subsets\n", name, o.splits, k, o.shotSubsets)
	}
	if len(whole.Subsets) > 1 {
		return p, errors.New("--shots draws from one --probe-list, and several are given")
	}
	return eval.Shots(probe, whole.Subsets[0].Rows, k, o.shotSubsets)
}
