package bcleval

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

const anomalyUsage = `Usage: bcl-eval anomaly NORMAL NEW [flags]

Scores how unlike normal images new ones are: NORMAL and NEW are folders of features of
one network (bcl-eval embed). Four of five normal images are what new ones are compared
with; the fifth says above which score an image is an alarm, so that the share of false
alarms is --rate.

  bcl-eval anomaly features new-features --out scores.csv
  bcl-eval anomaly features test-features --normal good     AUROC and AUPR

knn is the mean cosine distance to the --k nearest, mahalanobis the distance from the mean
by the covariance. With --normal, the classes of NEW that are normal, the area under the
ROC curve and the average precision are measured; all other classes are anomalies, and
of NORMAL only these classes are taken.
`

// detectors are the ways to score.
var detectors = []string{"knn", "mahalanobis"}

// anomaly runs bcl-eval anomaly.
func anomaly(args []string, stdout, stderr io.Writer) int {
	f := cli.NewFlags(name + " anomaly")
	layer := f.String("layer", eval.FeaturesLayer, "which of the network's layers")
	by := f.StringSlice("by", detectors, "how: "+strings.Join(detectors, ", "))
	k := f.Int("k", 5, "nearest images of knn")
	shrinkage := f.Float64("shrinkage", 1e-3, "of mahalanobis: share of the mean variance that is added to the covariance")
	rate := f.Float64("rate", 0.05, "share of normal images that may be alarms")
	normal := f.StringSlice("normal", nil, "`CLASSES` that are normal")
	out := f.String("out", "", "write row, name, class, scores and alarms to `FILE`.csv")
	force := f.Bool("force", false, "replace that file")
	threads := f.Int("threads", 0, "CPU threads; 0: one per core")
	f.BoolP("help", "h", false, "show this help")
	if code := cli.Parse(f, args, anomalyUsage, stdout, stderr); code >= 0 {
		return code
	}
	return cli.Run(f.Name(), "ending", stderr, func(ctx context.Context) error {
		if f.NArg() != 2 {
			return cli.Usagef("%d arguments, expected NORMAL NEW", f.NArg())
		}
		for _, b := range *by {
			if !slices.Contains(detectors, b) {
				return cli.Usagef("--by has %q, expected some of %s", b, strings.Join(detectors, ", "))
			}
		}
		if len(*by) == 0 || *k < 1 || !(*shrinkage > 0) || !(*rate > 0 && *rate < 1) || *threads < 0 {
			return cli.Usagef("--k %d, --shrinkage %v, --rate %v, --threads %d: expected at least 1, above 0, between 0 and 1, at least 0", *k, *shrinkage, *rate, *threads)
		}
		if *out != "" {
			if err := cli.CheckOut(*out, *force); err != nil {
				return err
			}
		}
		if err := torch.SetNumThreads(*threads); err != nil {
			return err
		}
		return torch.Do(func() error {
			a := &anomalies{by: *by, k: *k, shrinkage: *shrinkage, rate: *rate, normal: *normal, layer: *layer}
			if err := a.score(ctx, f.Arg(0), f.Arg(1)); err != nil {
				return err
			}
			if *out != "" {
				if err := atomicfile.WriteFile(*out, a.write); err != nil {
					return err
				}
			}
			return a.report(stdout)
		})
	})
}

// anomalies are the scores of new images.
type anomalies struct {
	by, normal      []string
	layer           string
	k               int
	shrinkage, rate float64

	samples    []features.Sample // new ones
	scores     [][]float64       // by detector and sample
	thresholds []float64
}

// load reads a layer of a folder.
func (a *anomalies) load(ctx context.Context, dir string) (x torch.Tensor, samples []features.Sample, info *features.Info, err error) {
	t, err := features.Open(dir)
	if err != nil {
		return x, nil, nil, err
	}
	defer t.Close()
	layer, err := t.Layer(a.layer)
	if err != nil {
		return x, nil, nil, err
	}
	s, err := t.Samples()
	if err != nil {
		return x, nil, nil, err
	}
	defer s.Close()
	for range t.Info.Samples {
		sample, err := s.Next()
		if err != nil {
			return x, nil, nil, err
		}
		samples = append(samples, sample)
	}
	width := t.Layers[layer].Width
	data := make([]float32, t.Info.Samples*width)
	const rows = 8192
	for lo := 0; lo < t.Info.Samples; lo += rows {
		if ctx.Err() != nil {
			return x, nil, nil, context.Cause(ctx)
		}
		if err := t.Floats(data[lo*width:min(lo+rows, t.Info.Samples)*width], layer, lo); err != nil {
			return x, nil, nil, err
		}
	}
	x = torch.FromSlice(data, int64(t.Info.Samples), int64(width))
	if !torch.Item[bool](x.IsFinite().All()) {
		return x, nil, nil, fmt.Errorf("%s has features that are not finite", quote.Name(dir))
	}
	return x, samples, &t.Info, nil
}

// score scores the images of a folder by those of another.
func (a *anomalies) score(ctx context.Context, normal, dir string) error {
	known, samples, of, err := a.load(ctx, normal)
	if err != nil {
		return err
	}
	x, fresh, other, err := a.load(ctx, dir)
	if err != nil {
		return err
	}
	if err := features.Comparable(of, other); err != nil {
		return fmt.Errorf("the features of %s and %s cannot be compared: %w", quote.Name(normal), quote.Name(dir), err)
	}
	a.samples = fresh
	var bank, held []int64
	taken := 0
	for row, s := range samples {
		if len(a.normal) > 0 && s.Label >= 0 && !slices.Contains(a.normal, s.Class) {
			continue
		}
		if taken++; taken%5 == 0 {
			held = append(held, int64(row))
		} else {
			bank = append(bank, int64(row))
		}
	}
	if len(held) == 0 {
		return fmt.Errorf("%s has %d normal images, expected at least 5", quote.Name(normal), taken)
	}
	among, beside := known.IndexSelect(0, torch.FromSlice(bank)), known.IndexSelect(0, torch.FromSlice(held))
	for _, by := range a.by {
		var d eval.Detector = &eval.NearestDetector{K: a.k}
		if by == "mahalanobis" {
			d = &eval.MahalanobisDetector{Shrinkage: a.shrinkage}
		}
		if err := d.Fit(among); err != nil {
			return fmt.Errorf("%s: %w", by, err)
		}
		usual, err := d.Score(ctx, beside)
		if err != nil {
			return err
		}
		threshold, err := eval.AlarmThreshold(usual, a.rate)
		if err != nil {
			return fmt.Errorf("--rate: %w", err)
		}
		scores, err := d.Score(ctx, x)
		if err != nil {
			return err
		}
		a.scores, a.thresholds = append(a.scores, scores), append(a.thresholds, threshold)
	}
	return nil
}

// write writes a line for each image.
func (a *anomalies) write(w io.Writer) error {
	c := csv.NewWriter(w)
	head := []string{"row", "name", "class"}
	for _, by := range a.by {
		head = append(head, by, by+"_alarm")
	}
	c.Write(head)
	for row, s := range a.samples {
		line := []string{strconv.Itoa(row), quote.Escape(s.Name), quote.Escape(s.Class)}
		for i := range a.by {
			v := a.scores[i][row]
			line = append(line, strconv.FormatFloat(v, 'g', 9, 64), strconv.FormatBool(v > a.thresholds[i]))
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// report writes a line for each detector.
func (a *anomalies) report(w io.Writer) error {
	var positive []bool
	strange := 0
	for _, s := range a.samples {
		positive = append(positive, !slices.Contains(a.normal, s.Class))
		if positive[len(positive)-1] {
			strange++
		}
	}
	for i, by := range a.by {
		alarms := 0
		for _, v := range a.scores[i] {
			if v > a.thresholds[i] {
				alarms++
			}
		}
		fmt.Fprintf(w, "%s: %d of %d images are alarms, with a score above %.6g", by, alarms, len(a.samples), a.thresholds[i])
		if len(a.normal) > 0 && strange > 0 && strange < len(positive) {
			auroc, err := score.AUC(a.scores[i], positive)
			if err != nil {
				return err
			}
			aupr, err := score.AveragePrecision(a.scores[i], positive)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "; AUROC %.4f, AUPR %.4f (%d anomalies)", auroc, aupr, strange)
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}
