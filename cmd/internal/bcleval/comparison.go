package bcleval

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/training"
)

// comparison is what bcl-eval says of several networks.
type comparison struct {
	Runs        []comparedRun   `json:"runs"`
	Differences []difference    `json:"settings_that_differ"`
	OtherLosses []string        `json:"losses_differ_by"` // settings for which losses cannot be compared
	Accuracies  []accuracyPair  `json:"accuracies"`
	Signals     []signalPair    `json:"tail_discovery"`
	Words       []string        `json:"in_words"`
	Results     []score.Results `json:"results"` // of each, as bcl-eval writes them of one
}

type comparedRun struct {
	Name       string        `json:"name"`
	Path       string        `json:"path"`
	Checkpoint string        `json:"checkpoint"`
	Epoch      int           `json:"epoch"`
	Loss       *float64      `json:"loss"` // of the last epoch; null if it is not known
	Size       int           `json:"image_size"`
	Settings   settings.List `json:"settings"`
}

// difference is a setting in which runs differ, with its value in each.
type difference struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// accuracyPair compares a network with the first by one classifier.
type accuracyPair struct {
	Baseline   string  `json:"baseline"`
	Run        string  `json:"run"`
	Protocol   string  `json:"protocol"`
	Classifier string  `json:"classifier"`
	PHolm      float64 `json:"p_holm"` // P adjusted for all comparisons
	*score.ImageComparison
}

// newComparison compares all networks with the first.
func newComparison(runs []*compared, im *images, seed uint64) (*comparison, error) {
	c := &comparison{}
	var lists []settings.List
	for _, r := range runs {
		c.Runs = append(c.Runs, comparedRun{r.label, r.path, r.source.path, r.source.epoch, r.loss, r.Size, r.trained})
		c.Results = append(c.Results, *r.results)
		lists = append(lists, r.trained)
	}
	differ := training.Differences(lists)
	for _, name := range differ {
		d := difference{Name: name}
		for _, l := range lists {
			d.Values = append(d.Values, l.Get(name))
		}
		c.Differences = append(c.Differences, d)
	}
	c.OtherLosses = training.OtherLosses(differ)
	labels := labelsOf(im.test)
	y := make([]int64, len(labels))
	for i, l := range labels {
		y[i] = int64(l)
	}
	var p []float64
	for _, row := range runs[0].results.Rows {
		f := fitted{row.Protocol, row.Classifier}
		for _, r := range runs[1:] {
			of, err := score.CompareImages(runs[0].right[f], r.right[f], y, len(im.test.Classes()), im.groups, seed)
			if err != nil {
				return nil, fmt.Errorf("%s and %s by %s: %w", runs[0].label, r.label, row.Classifier, err)
			}
			c.Accuracies = append(c.Accuracies, accuracyPair{runs[0].label, r.label, row.Protocol, row.Classifier, 0, of})
			p = append(p, of.P)
		}
	}
	for i, adjusted := range score.Holm(p) {
		a := &c.Accuracies[i]
		a.PHolm = adjusted
		c.Words = append(c.Words, a.Verdict(a.by(), a.Baseline, a.Run, adjusted, len(p)))
	}
	for _, r := range runs[1:] {
		c.Signals = append(c.Signals, compareSignals(runs[0], r, im, seed)...)
	}
	return c, nil
}

// by names the classifier and its protocol.
func (a *accuracyPair) by() string { return strings.TrimSpace(a.Classifier + " " + a.Protocol) }

func (c *comparison) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(c)
}

// writeTable writes what differs, then accuracies and signals side by side, then words.
func (c *comparison) writeTable(w io.Writer) error {
	c.writeSettings(w)
	r := c.Results[0]
	fmt.Fprintf(w, "\nAll on the images of %s, by the settings and the groups of %s: tested on %d\n", quote.Name(r.Data), c.Runs[0].Name, r.Test)
	for at := 0; at < len(c.Accuracies); at += len(c.Runs) - 1 {
		c.writeAccuracies(w, c.Accuracies[at:at+len(c.Runs)-1])
	}
	c.writeSignals(w)
	fmt.Fprintln(w)
	for _, text := range c.Words {
		fmt.Fprintln(w, text)
	}
	_, err := fmt.Fprintln(w, "\nIntervals are 95 %: paired bootstrap of the test images within their classes, of the training images\nfor AUC. They say nothing of other training seeds: for those compare several (docs/repro.md).")
	return err
}

func (c *comparison) writeSettings(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "setting")
	for _, r := range c.Runs {
		fmt.Fprintf(t, "\t%s", r.Name)
	}
	fmt.Fprintln(t)
	for _, d := range c.Differences {
		fmt.Fprintf(t, "%s\t%s\n", d.Name, strings.Join(quote.Names(d.Values), "\t"))
	}
	row := func(name string, of func(r comparedRun) string) {
		values := make([]string, len(c.Runs))
		for i, r := range c.Runs {
			values[i] = of(r)
		}
		if slices.ContainsFunc(values, func(v string) bool { return v != "" }) {
			fmt.Fprintf(t, "%s\t%s\n", name, strings.Join(values, "\t"))
		}
	}
	row("→ epochs done", func(r comparedRun) string { return strconv.Itoa(r.Epoch) })
	row("→ tested at", func(r comparedRun) string { return fmt.Sprintf("%d pixels", r.Size) })
	row("→ loss", func(r comparedRun) string {
		if r.Loss == nil {
			return ""
		}
		return fmt.Sprintf("%.3f", *r.Loss)
	})
	t.Flush()
	if len(c.Differences) == 0 {
		fmt.Fprintln(w, "no setting differs")
	}
	if len(c.OtherLosses) > 0 {
		fmt.Fprintf(w, "the losses cannot be compared, because of %s\n", strings.Join(c.OtherLosses, ", "))
	}
}

// writeAccuracies writes the comparisons by one classifier, one for each run but the first.
func (c *comparison) writeAccuracies(w io.Writer, of []accuracyPair) {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\t%s", of[0].by(), of[0].Baseline)
	for _, a := range of {
		fmt.Fprintf(t, "\t%s\tdifference", a.Run)
		if a.Fits > 1 {
			fmt.Fprintf(t, "\tover %d fits", a.Fits)
		}
	}
	fmt.Fprintln(t)
	for f, first := range of[0].Figures {
		if !first.Baseline.Known() {
			continue
		}
		fmt.Fprintf(t, "%s\t%v", first.Figure, first.Baseline)
		for _, a := range of {
			d := a.Figures[f]
			fmt.Fprintf(t, "\t%v\t%s", d.Value, score.WithInterval(float64(d.Difference), d.Interval, 2))
			if d.Fits != nil {
				fmt.Fprintf(t, "\t%s", score.WithInterval(d.Fits.Mean, d.Fits.Interval, 2))
			}
		}
		fmt.Fprintln(t)
	}
	t.Flush()
}

// measures are the titles of the measures of [score.Tail] in the table; JSON has size_auc too.
var measures = map[string]string{"few_auc": "Few", "macro_auc": "pairs of classes alike"}

func (c *comparison) writeSignals(w io.Writer) {
	if len(c.Signals) == 0 {
		return
	}
	fmt.Fprint(w, "\nsignals as detectors of the tail: AUC, 0.5 is chance\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "signal\tof\t%s\trun\tits AUC\tdifference\n", c.Runs[0].Name)
	for _, s := range c.Signals {
		for _, m := range s.Measures {
			if title := measures[m.Measure]; title != "" {
				fmt.Fprintf(t, "%s\t%s\t%.3f\t%s\t%.3f\t%s\n", s.Signal, title, m.Baseline, s.Run, m.Value, score.WithInterval(m.Difference, &m.Interval, 3))
			}
		}
	}
	t.Flush()
}

// writeCSV writes a line for each run but the first and each figure of each classifier or signal.
func (c *comparison) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"kind", "baseline", "run", "protocol", "by", "figure", "baseline_value", "value", "difference", "low", "high", "fits", "fits_low", "fits_high", "p", "p_holm"})
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	interval := func(of *[2]float64) []string {
		if of == nil {
			return []string{"", ""}
		}
		return []string{number(of[0]), number(of[1])}
	}
	for _, a := range c.Accuracies {
		for i, d := range a.Figures {
			if !d.Difference.Known() {
				continue
			}
			line := []string{"accuracy", a.Baseline, a.Run, a.Protocol, a.Classifier, d.Figure, number(float64(d.Baseline)), number(float64(d.Value)), number(float64(d.Difference))}
			var fits *[2]float64
			if d.Fits != nil {
				fits = d.Fits.Interval
			}
			line = append(append(append(line, interval(d.Interval)...), strconv.Itoa(a.Fits)), interval(fits)...)
			p := []string{"", ""} // of top-1
			if i == 0 {
				p = []string{number(a.P), number(a.PHolm)}
			}
			out.Write(append(line, p...))
		}
	}
	for _, s := range c.Signals {
		for _, m := range s.Measures {
			out.Write([]string{"tail", s.Baseline, s.Run, "", s.Signal, m.Measure, number(m.Baseline), number(m.Value), number(m.Difference), number(m.Interval[0]), number(m.Interval[1]), "", "", "", "", ""})
		}
	}
	out.Flush()
	return out.Error()
}
