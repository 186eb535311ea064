package report

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/imbalance"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
)

// Run is what a page shows of a run.
type Run struct {
	Name        string
	Settings    settings.List
	Command     string // as typed
	Environment run.Environment
	Metrics     []run.Metrics
	Evaluations []run.Evaluation

	Labels  []int    // class of each sample, -1 without; nil if none has one
	Classes []string // names of the classes
	Counts  []int    // samples of each class
	Groups  score.Groups
	Memory  *Memory // nil without momentum losses

	Pictures *Pictures // nil without the images
	Features *Features // nil without the network
	// Unlabelled is what features say of a tail without labels; nil: not known.
	Unlabelled *imbalance.Summary
	// Notes say what could not be shown, and why.
	Notes []string

	dir    string
	unread []string // notes on the files that the last Update could not read
	names  []string // of the samples
	// ordered is whether Classes are in the order of the data set, by which evaluations count.
	ordered bool
}

// Read reads the folder of a run, which may be training. classes are the names of the data
// set's classes in their order, nil if only samples.csv tells: then they are sorted, and
// accuracies of each class are left out unless that is the order of the data set, which the
// fingerprint of the training data tells. A folder without a config.yaml that can be read is an
// error; any other file that is damaged is noted.
func Read(dir string, classes []string) (*Run, error) {
	list, err := run.ReadConfig(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not a run folder: it has no %s", dir, run.ConfigFile)
	}
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Name: filepath.Base(abs), Settings: list, dir: dir}
	command, err := os.ReadFile(run.File(dir, run.CommandFile))
	r.Command = strings.TrimSpace(string(command))
	r.lacks("the command of the run", err)
	r.Environment, err = run.ReadEnvironment(dir)
	r.lacks("versions and machine", err)
	r.lacks("names and classes of the images", r.readSamples(classes))
	r.Update()
	return r, nil
}

// note adds to Notes.
func (r *Run) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// lacks notes what a page is without by an error, unless a file is just not there.
func (r *Run) lacks(what string, err error) {
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.note("Without %s: %v.", what, err)
	}
}

// Update reads what the run's folder has got since: metrics, evaluations, momentum losses. Of
// a file that is damaged the page says so, and shows the rest.
func (r *Run) Update() {
	notes := r.Notes
	r.Notes = nil
	var err error
	r.Metrics, err = run.ReadMetrics(r.dir)
	r.lacks("the metrics of some epochs", err)
	r.Evaluations, err = run.ReadEvaluations(r.dir)
	r.lacks("some accuracies", err)
	if err = r.remember(); err != nil {
		r.Memory = nil
	}
	r.lacks("momentum losses and weights", err)
	r.Notes, r.unread = notes, r.Notes
}

// readSamples reads the labels and the groups of the classes.
func (r *Run) readSamples(classes []string) error {
	samples, err := run.ReadSamples(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if n := r.Environment.Data.Samples; n > 0 && len(samples) != n {
		return fmt.Errorf("%s names %d samples, the run has %d", run.File(r.dir, run.SamplesFile), len(samples), n)
	}
	given := classes != nil
	if !given {
		for _, s := range samples {
			classes = append(classes, s.Class)
		}
		slices.SortFunc(classes, natural)
		classes = slices.DeleteFunc(slices.Compact(classes), func(c string) bool { return c == "" })
	}
	index := map[string]int{}
	for i, c := range classes {
		index[c] = i
	}
	r.names = nil
	labels, counts, labelled := make([]int, len(samples)), make([]int, len(classes)), false
	for i, s := range samples {
		r.names = append(r.names, s.Name)
		label, ok := index[s.Class]
		if !ok {
			labels[i] = -1
			continue
		}
		labels[i], labelled = label, true
		counts[label]++
	}
	if !labelled {
		return nil
	}
	r.Labels, r.Classes, r.Counts = labels, classes, counts
	r.ordered = given || dataset.Fingerprint(listed{r}) == r.Environment.Data.Fingerprint
	r.Groups, err = score.ByThirds(counts)
	return err
}

// listed are the samples of a run as a data set, as far as its fingerprint needs one.
type listed struct{ r *Run }

func (l listed) Len() int                      { return len(l.r.names) }
func (l listed) Image(int) (*rgb.Image, error) { return nil, errors.New("samples without images") }
func (l listed) Label(i int) int               { return l.r.Labels[i] }
func (l listed) Classes() []string             { return l.r.Classes }
func (l listed) Name(i int) string             { return l.r.names[i] }

// natural compares names, numbers by their value.
func natural(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// whole returns a setting that is a whole number, 0 if it is not set.
func (r *Run) whole(name string) int {
	n, _ := strconv.Atoi(r.Settings.Get(name))
	return n
}

// Epochs returns how many epochs the run has done and how many it is to have.
func (r *Run) Epochs() (done, all int) {
	if n := len(r.Metrics); n > 0 {
		done = r.Metrics[n-1].Epoch
	}
	return done, max(done, r.whole("epochs"))
}

// batch returns the samples of a step.
func (r *Run) batch() int {
	n := r.whole("batch-size")
	if samples := r.samples(); samples > 0 {
		n = min(n, samples)
	}
	return n
}

func (r *Run) samples() int {
	return cmp.Or(len(r.names), r.Environment.Data.Samples)
}

// boosted reports whether weights control the run's augmentation.
func (r *Run) boosted() bool {
	m, err := method.Parse(r.Settings.Get("method"))
	return err == nil && m.Boosted()
}

// Dir returns the run's folder.
func (r *Run) Dir() string { return r.dir }

// Describe returns the name of a sample, its class where samples are labelled ("" if it has
// none), and its weight where there are momentum losses.
func (r *Run) Describe(sample int) []string {
	row := []string{r.nameOf(sample)}
	if r.Labels != nil {
		row = append(row, r.classOf(sample))
	}
	if r.Memory != nil {
		row = append(row, fmt.Sprintf("%.3f", r.Memory.Weights[sample]))
	}
	return row
}
