package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
)

// Holdout makes test images for a data set without any: a share of the labelled training
// images of each class, which are then neither trained on nor in the probe set. The zero
// value holds nothing out.
type Holdout struct {
	// Share is above 0 and below 1. Of a class with two images or more at least one is
	// held out and one is left.
	Share float64
	// Seed chooses the images. It is apart from a run's, so that runs of several seeds
	// have the same test images.
	Seed uint64
}

// ParseHoldout reads "SHARE" or "SHARE,SEED", such as "0.2"; "" and "0" hold nothing out. A
// share of 0 with a seed is an error: it is 0.2 with a decimal comma.
func ParseHoldout(text string) (h Holdout, err error) {
	share, seed, given := strings.Cut(text, ",")
	if given {
		h.Seed, err = strconv.ParseUint(strings.TrimSpace(seed), 10, 64)
	}
	if err == nil && (text != "" || given) {
		h.Share, err = strconv.ParseFloat(strings.TrimSpace(share), 64)
	}
	if err != nil || !(h.Share >= 0 && h.Share < 1) {
		return Holdout{}, fmt.Errorf("%q, expected a share of the images below 1, such as 0.2, or one and a seed: 0.2,7", text)
	}
	if given && h.Share == 0 { // a decimal comma
		return Holdout{}, fmt.Errorf("%q, a share of 0 with the seed %d: expected a point in the share, 0.%s, or a share above 0 and a seed: 0.2,%[2]d", text, h.Seed, strings.TrimSpace(seed))
	}
	return h, nil
}

// holdOut moves h's share from the training and probe images of p to its test images, unless
// a list has defined those. Index lists still count in the parts as they were.
func (p *Place) holdOut(h Holdout, listed bool) error {
	switch {
	case h.Share == 0:
		return nil
	case p.Test != nil && !listed:
		return fmt.Errorf("%s has test images: leave out the holdout, which is for data sets without", quote.Name(p.Path))
	case p.Probe == nil || len(p.Train.Classes()) == 0:
		return fmt.Errorf("%s has no labels, which a holdout needs: put the images of each class into a sub-folder", quote.Name(p.Path))
	}
	members := make([][]string, len(p.Train.Classes()))
	for i := range p.Train.Len() {
		if c := p.Train.Label(i); c >= 0 {
			members[c] = append(members[c], p.Train.Name(i))
		}
	}
	out := map[string]bool{}
	for _, names := range members {
		slices.SortFunc(names, func(a, b string) int { return bytes.Compare(h.rank(a), h.rank(b)) })
		for _, name := range names[:h.of(len(names))] {
			out[name] = true
		}
	}
	if len(out) == 0 {
		return fmt.Errorf("%s: none of the %d classes has two labelled training images, of which a holdout leaves one: add images to train/, or leave out the holdout and put images to test on into test/", quote.Name(p.Path), len(members))
	}
	left := func(ds Dataset) Dataset { return only(ds, func(name string) bool { return !out[name] }) }
	same := p.Probe == p.Train
	purpose := "out of training"
	if !listed {
		p.Test, purpose = only(p.Train, func(name string) bool { return out[name] }), "out for testing"
	}
	p.Train = left(p.Train)
	if same {
		p.Probe = p.Train
	} else {
		p.Probe = left(p.Probe)
	}
	p.Notes = append(p.Notes, fmt.Sprintf("%s: %s images are held %s (%v of each class, seed %d), %s are left for training",
		quote.Name(p.Path), thousands(len(out)), purpose, h.Share, h.Seed, thousands(p.Train.Len())))
	return nil
}

// rank is the place of an image in its class's order, in which the first are held out: it
// depends on its name alone, so that other images in the class change little.
func (h Holdout) rank(name string) []byte {
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte(name+"\x00"), h.Seed))
	return sum[:]
}

// of returns how many of n images of a class are held out.
func (h Holdout) of(n int) int {
	return min(max(int(math.Round(h.Share*float64(n))), 1), max(n-1, 0))
}

// only returns the samples of ds whose names are wanted.
func only(ds Dataset, wanted func(name string) bool) Dataset {
	var rows []int
	for i := range ds.Len() {
		if wanted(ds.Name(i)) {
			rows = append(rows, i)
		}
	}
	return &filtered{&subset{ds, rows}}
}
