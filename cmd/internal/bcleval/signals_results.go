package bcleval

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/imbalance"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// signalResults are those of bcl-eval signals.
type signalResults struct {
	Checkpoint string          `json:"checkpoint"`
	Epoch      int             `json:"epoch"`
	Data       string          `json:"data"`
	Images     int             `json:"images"`
	Counts     []int           `json:"train_class_counts,omitempty"`
	Signals    []*signalResult `json:"signals"`

	Unlabelled *imbalance.Summary `json:"unlabelled,omitempty"` // nil: too few images

	ds dataset.Dataset
}

// signalResult is one signal of all images.
type signalResult struct {
	Name  string      `json:"name"`
	Title string      `json:"title"`
	Tail  string      `json:"tail"` // which values are taken for the tail's: high or low
	From  string      `json:"from"`
	Mean  float64     `json:"mean"`
	Std   float64     `json:"std"`
	AUC   *score.Tail `json:"tail_discovery,omitempty"`

	tail   signal.Direction
	values []float32
}

func (r *signalResults) add(name, title string, tail signal.Direction, from string, values []float32) {
	s := &signalResult{Name: name, Title: title, Tail: tail.String(), From: from, tail: tail, values: values}
	known := 0.0 // others are NaN
	for _, v := range values {
		if x := float64(v); !math.IsNaN(x) { // Welford's update
			known++
			d := x - s.Mean
			s.Mean += d / known
			s.Std += d * (x - s.Mean)
		}
	}
	s.Std = math.Sqrt(s.Std / max(1, known))
	r.Signals = append(r.Signals, s)
}

// recorded adds what the run has recorded, if its images are these.
func (o *signalling) recorded(r *signalResults, say func(format string, args ...any)) error {
	rows, err := o.history()
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := o.trainedOn(r.ds); err != nil {
		say("what training has recorded is left out: %v", err)
		return nil
	}
	r.add("memory", "momentum of the signal that the memory follows", signal.High, fmt.Sprintf("epochs 1 to %d", len(rows)), rows[len(rows)-1])
	for _, name := range signal.Recorded() {
		s, _ := signal.Lookup(name)
		rows, err := run.Signals(o.path, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // of a method without it, or a run of an earlier program
		}
		if err != nil {
			return err
		}
		if len(rows) == 0 || len(rows[0]) != r.Images {
			return fmt.Errorf("%s: not a row of %d samples for each epoch", run.File(o.path, run.SignalFile(name)), r.Images)
		}
		for _, over := range signal.Overs() {
			as, of, err := s.Name, over, error(nil)
			if over.Name != "" {
				as += "-" + signal.Name(over.Name)
			}
			if _, of, err = signal.ParseOver(string(as)); err != nil {
				return err
			}
			from, title := knownOf(rows), s.Title+": "+over.Title
			if over.Name == "" {
				from, title = fmt.Sprintf("epoch %d", len(rows)), s.Title
				if unknown(rows[len(rows)-1]) > 0 {
					from = "the newest value of " + knownOf(rows)
				}
			}
			values := make([]float32, r.Images)
			for i, v := range of.Of(rows) {
				values[i] = float32(v)
			}
			r.add(string(as), title, of.Tail, from, values)
		}
	}
	return nil
}

// knownOf says of which epochs rows are, of which some may be NaN.
func knownOf(rows [][]float32) string {
	whole, part := signal.Known(rows)
	if whole == len(rows) {
		return fmt.Sprintf("epochs 1 to %d", len(rows))
	}
	text := fmt.Sprintf("%d of %d epochs", whole, len(rows))
	if part > 0 {
		text += fmt.Sprintf(" and part of %d", part)
	}
	return text + ", else NaN"
}

// discover measures how well each signal ranks rare classes, if the labels tell.
func (r *signalResults) discover(rule score.GroupRule, say func(format string, args ...any)) error {
	if !labelled(r.ds) {
		say("without labels of all images nothing tells which signal finds the tail")
		return nil
	}
	r.Counts, _ = dataset.Counts(r.ds)
	groups, err := rule.Groups(r.Counts)
	if err != nil {
		return err
	}
	if groups.None() {
		say("all classes have the same size: there is no tail to find")
		return nil
	}
	labels := labelsOf(r.ds)
	for _, s := range r.Signals {
		if n := unknown(s.values); n > 0 {
			say("%s is not measured: of %d of %d images nothing is known (NaN), %s", s.Name, n, len(s.values), s.From)
			continue
		}
		tailness := make([]float64, len(s.values))
		for i, v := range s.values {
			tailness[i] = float64(s.tail) * float64(v)
		}
		t, err := score.TailDiscovery(tailness, labels, r.Counts, groups)
		if err != nil {
			say("%s is not measured: %v", s.Name, err)
			continue
		}
		s.AUC = &t
	}
	return nil
}

// unknown is how many values are NaN.
func unknown(values []float32) (n int) {
	for _, v := range values {
		if v != v {
			n++
		}
	}
	return n
}

func (r *signalResults) writeTable(w io.Writer) error {
	fmt.Fprintf(w, "%s, epoch %d, on %d images of %s\n", quote.Name(r.Checkpoint), r.Epoch, r.Images, quote.Name(r.Data))
	fmt.Fprint(w, "AUC of each signal as a detector of the tail (0.5 is chance), taking these values for the tail's\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "signal\ttail\tFew\tby size\tpairs alike\tmean\tstd\tof")
	for _, s := range r.Signals {
		auc := [3]string{"-", "-", "-"}
		if s.AUC != nil {
			for i, v := range []float64{s.AUC.Few, s.AUC.Size, s.AUC.Macro} {
				auc[i] = fmt.Sprintf("%.3f", v)
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%.4g\t%.3g\t%s\n", s.Name, s.Tail, auc[0], auc[1], auc[2], s.Mean, s.Std, s.From)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return r.writeGroups(w)
}

// writeGroups writes what needs no labels.
func (r *signalResults) writeGroups(w io.Writer) error {
	u := r.Unlabelled
	if u == nil {
		return nil
	}
	fmt.Fprintf(w, "\nWithout labels: %s\n(k-means of the features of %d images, beside features without groups, and seeds; docs/signals.md)\n\n", u.Say(), u.Samples)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "clusters\tgap\tsame by seed\tGini\twithout groups\tsmallest fifth\twithout groups\tsmall half: kept\tlarge half: kept")
	for _, c := range u.Clusters {
		fmt.Fprintf(t, "%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f %%\t%.1f %%\t%.2f\t%.2f\n", c.K, c.Gap, c.Agreement, c.Gini, c.Null.Gini, 100*c.Smallest, 100*c.Null.Smallest, c.Small.Stability, c.Large.Stability)
	}
	fmt.Fprintf(t, "\n\t10th neighbour\tits 80 %%\thubness\tspread of density\n")
	for _, s := range []struct {
		name string
		s    imbalance.Spread
	}{{"these", u.Neighbours}, {"without groups", u.Null}} {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f to %.3f\t%.2f\t%.2f\n", s.name, s.s.Tenth[1], s.s.Tenth[0], s.s.Tenth[2], s.s.Hubness, s.s.Density)
	}
	return t.Flush()
}

func (r *signalResults) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// writeCSV writes a line for each image.
func (r *signalResults) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := []string{"row", "name", "class"}
	for _, s := range r.Signals {
		line = append(line, s.Name)
	}
	out.Write(line)
	for i := range r.Images {
		class := ""
		if label := r.ds.Label(i); label >= 0 {
			class = r.ds.Classes()[label]
		}
		line = append(line[:0], strconv.Itoa(i), r.ds.Name(i), class)
		for _, s := range r.Signals {
			line = append(line, strconv.FormatFloat(float64(s.values[i]), 'g', -1, 32))
		}
		out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// Names of the files of all signals.
const (
	signalsCSV  = "signals.csv"
	signalsJSON = "signals.json"
)

// checkOut returns an error if a file of --out may not be written.
func (o *signalling) checkOut() error {
	if o.out == "" {
		return nil
	}
	if err := cli.CheckOutDir("out", o.out, "signals"); err != nil {
		return err
	}
	names := []string{signalsCSV, signalsJSON, "memory.npy"}
	for _, s := range signal.All() {
		names = append(names, string(s.Name)+".npy")
	}
	for _, s := range signal.Recorded() {
		for _, over := range signal.Overs() {
			names = append(names, strings.TrimSuffix(string(s)+"-"+over.Name, "-")+".npy")
		}
	}
	for _, name := range names {
		if err := cli.CheckOut(filepath.Join(o.out, name), o.force); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	return os.MkdirAll(o.out, 0o755)
}

// writeFiles writes all files to a folder.
func (r *signalResults) writeFiles(dir string) error {
	for _, s := range r.Signals {
		err := atomicfile.WriteFile(filepath.Join(dir, s.Name+".npy"), func(w io.Writer) error {
			return npy.Write(w, npy.FromFloat32s(s.values))
		})
		if err != nil {
			return err
		}
	}
	if err := atomicfile.WriteFile(filepath.Join(dir, signalsCSV), r.writeCSV); err != nil {
		return err
	}
	return atomicfile.WriteFile(filepath.Join(dir, signalsJSON), r.writeJSON)
}
