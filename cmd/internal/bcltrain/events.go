package bcltrain

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/tfevents"
)

// tensorboard writes TensorBoard's event file in the run folder. Its steps are epochs.
type tensorboard struct {
	images dataset.Dataset
	w      *tfevents.Writer // nil before the first epoch
}

// How often a run writes what is large.
const (
	histograms = 100
	sheets     = 20
)

func (t *tensorboard) Observe(s *session.Session, e session.Event) error {
	switch e := e.(type) {
	case session.EpochBegin:
		if t.w == nil {
			return t.open(s, e.Epoch-1)
		}
	case session.Epoch:
		return t.epoch(s, e)
	case session.Evaluation:
		return t.evaluation(e.Epoch, e.Results)
	case session.End:
		if t.w != nil {
			return t.w.Close()
		}
	}
	return nil
}

// open opens the file after some epochs. A new one begins with the settings, and with the
// metrics of epochs before: of a run that starts from another's checkpoint.
func (t *tensorboard) open(s *session.Session, done int) (err error) {
	var created bool
	if t.w, created, err = tfevents.Open(s.Dir, int64(done)); err != nil || !created {
		return err
	}
	list, err := settings.Parse(s.Settings)
	if err != nil {
		return err
	}
	if err := errors.Join(t.w.Text(0, "config", markdown(list)), t.w.Text(0, "command", "    "+run.ShellLine(s.Command...)), t.w.HParams(hparams(list))); err != nil {
		return err
	}
	metrics, err := run.ReadMetrics(s.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	evaluations, err := run.ReadEvaluations(s.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, m := range metrics {
		if err := t.scalars(m); err != nil {
			return err
		}
		for _, e := range evaluations {
			if e.Epoch == m.Epoch {
				if err := t.evaluation(e.Epoch, []score.Result{e.Result}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (t *tensorboard) epoch(s *session.Session, e session.Epoch) error {
	if err := t.scalars(e.Metrics); err != nil {
		return err
	}
	n, last := e.Metrics.Epoch, e.Metrics.Epoch == e.Epochs
	histogram, sheet := n%max(1, e.Epochs/histograms) == 0 || last, n%max(1, e.Epochs/sheets) == 0 || last
	if !histogram && !sheet {
		return nil
	}
	weights, err := t.weights(s, e.Momentum, n)
	if err != nil {
		return err
	}
	if histogram {
		momentum := make([]float64, len(e.Momentum))
		for i, l := range e.Momentum {
			momentum[i] = float64(l)
		}
		if err := errors.Join(t.w.Histogram(int64(n), "memory/weight", weights, 30), t.w.Histogram(int64(n), "memory/momentum_loss", momentum, 30)); err != nil {
			return err
		}
	}
	if sheet {
		return t.boosted(n, weights)
	}
	return nil
}

// weights are those that the run trains with after some epochs.
func (t *tensorboard) weights(s *session.Session, momentum []float32, epochs int) ([]float64, error) {
	list, err := settings.Parse(s.Settings)
	if err != nil {
		return nil, err
	}
	w, err := run.WeighingOf(list)
	if err != nil {
		return nil, err
	}
	var labels []int
	if w.NeedsLabels() {
		for i := range t.images.Len() {
			labels = append(labels, t.images.Label(i))
		}
	}
	return w.Shown(momentum, epochs, labels)
}

// scalars writes the metrics of an epoch.
func (t *tensorboard) scalars(m run.Metrics) error { return t.write(m.Epoch, scalars(m)) }

func (t *tensorboard) evaluation(epoch int, results []score.Result) error {
	return t.write(epoch, accuracies(results))
}

func (t *tensorboard) write(epoch int, list []value) error {
	for _, x := range list {
		if err := t.w.Scalar(int64(epoch), x.tag, x.v); err != nil {
			return err
		}
	}
	return nil
}

// value is a number with its name in other programs.
type value struct {
	tag string
	v   float64
}

// scalars are the metrics of an epoch.
func scalars(m run.Metrics) []value {
	list := []value{{"train/loss", m.Loss}, {"train/lr", m.LR}, {"train/views_per_second", m.ViewsPerSec}, {"train/step", float64(m.Step)},
		{"memory/momentum_loss_mean", m.MomentumLoss}, {"memory/weight_median", m.Weights[2]}}
	for _, name := range slices.Sorted(maps.Keys(m.Auxiliary)) {
		list = append(list, value{"train/" + name + "_loss", m.Auxiliary[name]})
	}
	return list
}

// accuracies are those of an evaluation; groups without an image are left out.
func accuracies(results []score.Result) (list []value) {
	for _, r := range results {
		tag := "eval/" + r.Classifier + "/"
		list = append(list, value{tag + "top1", r.Accuracy.Top1}, value{tag + "top5", r.Accuracy.Top5})
		for g, v := range r.Accuracy.Groups {
			if v.Known() {
				list = append(list, value{tag + strings.ToLower(score.GroupNames[g]), float64(v)})
			}
		}
	}
	return list
}

// Sheets of images: columns x rows of tiles.
const (
	sheetColumns, sheetRows = 6, 3
	tile                    = 64 // pixels
)

// boosted writes sheets of the most and the least boosted images.
func (t *tensorboard) boosted(epoch int, weights []float64) error {
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case weights[a] > weights[b]:
			return -1
		case weights[a] < weights[b]:
			return 1
		}
		return 0
	})
	k := min(sheetColumns*sheetRows, len(order))
	least := slices.Clone(order[len(order)-k:])
	slices.Reverse(least)
	for tag, samples := range map[string][]int{"memory/most_boosted": order[:k], "memory/least_boosted": least} {
		file, w, h, err := t.sheet(samples)
		if err != nil {
			return err
		}
		if err := t.w.Image(int64(epoch), tag, w, h, file); err != nil {
			return err
		}
	}
	return nil
}

// sheet returns a PNG file of images in rows.
func (t *tensorboard) sheet(samples []int) (file []byte, w, h int, err error) {
	w, h = sheetColumns*tile, (len(samples)+sheetColumns-1)/sheetColumns*tile
	sheet, one := rgb.New(w, h), make([]byte, tile*tile*3)
	worker := (&augment.Pipeline{Size: tile}).NewWorker()
	for k, i := range samples {
		m, err := t.images.Image(i)
		if err != nil {
			return nil, 0, 0, err
		}
		worker.Plain(one, m, tile)
		x, y := k%sheetColumns*tile, k/sheetColumns*tile
		for row := range tile {
			copy(sheet.Pix[3*((y+row)*w+x):], one[3*row*tile:3*(row+1)*tile])
		}
	}
	var b bytes.Buffer
	err = png.Encode(&b, sheet)
	return b.Bytes(), w, h, err
}

// markdown is a table of settings.
func markdown(list settings.List) string {
	var b strings.Builder
	b.WriteString("| setting | value |\n|---|---|\n")
	for _, e := range list {
		fmt.Fprintf(&b, "| %s | %s |\n", e.Name, strings.NewReplacer("|", `\|`, "\n", " ").Replace(e.Value))
	}
	return b.String()
}

// hparams are settings with their types.
func hparams(list settings.List) map[string]any {
	all := map[string]any{}
	for _, e := range list {
		number, err := strconv.ParseFloat(e.Value, 64)
		switch {
		case e.Value == "true" || e.Value == "false":
			all[e.Name] = e.Value == "true"
		case err == nil:
			all[e.Name] = number
		default:
			all[e.Name] = e.Value
		}
	}
	return all
}
