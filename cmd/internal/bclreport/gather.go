package bclreport

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/report"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// read reads a run, with its images and its network if they are there. Where they are not,
// the page says so; if --data was given, it is an error.
func (o *options) read(ctx context.Context, dir string, say func(format string, args ...any), stderr io.Writer) (*report.Run, error) {
	if o.folderOnly {
		return report.Read(dir, nil)
	}
	if _, err := report.Read(dir, nil); err != nil { // before anything slow
		return nil, err
	}
	t, err := bcltrain.Reopen(ctx, dir, o.data, say, stderr)
	if ctx.Err() != nil || err != nil && o.data != "" {
		return nil, err
	}
	if err != nil {
		r, readErr := report.Read(dir, nil)
		if readErr != nil {
			return nil, readErr
		}
		say("%s: no galleries, no map and no neighbours: %v", dir, err)
		r.Notes = append(r.Notes, "Without galleries, map and neighbours: the images could not be opened. bcl-report --data PLACE says where they are.")
		return r, nil
	}
	r, err := report.Read(dir, t.Images.Classes())
	if err != nil {
		return nil, err
	}
	pictures(r, t)
	v, err := o.vectors(ctx, dir, t, r, stderr)
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		say("%s: no map, no neighbours and no rank of the features: %v", dir, err)
		r.Notes = append(r.Notes, "Without what needs the network: "+err.Error()+".")
		return r, o.project(r)
	}
	if err := r.Show(v); err != nil {
		r.Notes = append(r.Notes, "Without what needs the network: "+err.Error()+".")
	}
	return r, o.project(r)
}

// Of galleries.
const (
	shown   = 12 // samples
	ladders = 3
)

// pictures adds the most and the least boosted images, with the views of the next two epochs
// at their weight. An image that cannot be read is left out.
func pictures(r *report.Run, t *bcltrain.Reopened) {
	if r.Memory == nil {
		return
	}
	lost := func(i int, err error) {
		r.Notes = append(r.Notes, fmt.Sprintf("The galleries lack %s: %v.", quote.Name(t.Images.Name(i)), err))
	}
	order := make([]int, t.Images.Len())
	for i := range order {
		order[i] = i
	}
	w := r.Memory.Weights
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case w[a] > w[b]:
			return -1
		case w[a] < w[b]:
			return 1
		}
		return 0
	})
	done, _ := r.Epochs()
	worker := t.Pipeline.NewWorker()
	size := t.Pipeline.Size
	view := func(m *rgb.Image, weight float64, epoch, sample, view int) *rgb.Image {
		out := rgb.New(size, size)
		worker.View(out.Pix, m, weight, t.Seed, uint32(epoch), uint32(sample), uint8(view))
		return out
	}
	boosted := func(i int) (b report.Boosted, m *rgb.Image, err error) {
		if m, err = t.Images.Image(i); err != nil {
			return b, nil, err
		}
		b = report.Boosted{Name: t.Images.Name(i), Weight: w[i], Image: thumbnail(m)}
		if c := t.Images.Label(i); c >= 0 {
			b.Class = t.Images.Classes()[c]
		}
		return b, m, nil
	}
	p := &report.Pictures{}
	n := min(shown, len(order)/2)
	least := slices.Clone(order[len(order)-n:])
	slices.Reverse(least)
	for to, samples := range map[*[]report.Boosted][]int{&p.Most: order[:n], &p.Least: least} {
		for _, i := range samples {
			b, m, err := boosted(i)
			if err != nil {
				lost(i, err)
				continue
			}
			for k := range 4 {
				b.Views = append(b.Views, view(m, w[i], done+1+k/2, i, k%2))
			}
			*to = append(*to, b)
		}
	}
	if t.Pipeline.Boost != nil {
		p.Weights = []float64{0, 0.25, 0.5, 0.75, 1}
		for k := range min(ladders, len(order)) {
			i := order[k*(len(order)-1)/max(1, ladders-1)] // the most, the middle and the least boosted
			b, m, err := boosted(i)
			if err != nil {
				lost(i, err)
				continue
			}
			for _, weight := range p.Weights {
				b.Views = append(b.Views, view(m, weight, done+1, i, 0))
			}
			p.Ladders = append(p.Ladders, b)
		}
	}
	r.Pictures = p
}

// thumbnail is an image as large as a page shows it.
func thumbnail(m *rgb.Image) *rgb.Image {
	const side = report.ThumbSide
	if m.W <= side && m.H <= side {
		return m
	}
	small := rgb.New(side, side)
	(&augment.Pipeline{Size: side}).NewWorker().Plain(small.Pix, m, side)
	return small
}

// choose returns at most k samples: some of each class first, then any, in the order of the
// set. The same images give the same samples, whatever the run.
func choose(ds dataset.Dataset, k int) []int {
	n := ds.Len()
	order := make([]int, n)
	s := rng.New(0, rng.Map, 0, 0, 2)
	s.Perm(order)
	per := max(3, k/2/max(1, len(ds.Classes())))
	taken, rest := []int(nil), []int(nil)
	count := map[int]int{}
	for _, i := range order {
		if c := ds.Label(i); c >= 0 && count[c] < per && len(taken) < k {
			count[c]++
			taken = append(taken, i)
		} else {
			rest = append(rest, i)
		}
	}
	taken = append(taken, rest[:min(len(rest), k-len(taken))]...)
	slices.Sort(taken)
	return taken
}

// progress reports a task on stderr.
func progress(stderr io.Writer, task string, total int) (set func(done int), clear func()) {
	bar := cli.NewProgress(stderr, task, total)
	return func(done int) { bar.Set(done, "") }, bar.Clear
}
