package bclckpt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/export"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/cmd/internal/weights"
)

// places are the settings that name files of this machine, which a published card leaves
// out.
var places = []string{"data", "save-dir", "train-split", "init", "probe-list", "test-list", "resume", "config"}

// card collects what is known of the network.
func (e *exported) card() (*export.Card, error) {
	hash, err := e.sha256()
	if err != nil {
		return nil, err
	}
	name, err := filepath.Abs(e.out)
	if err != nil {
		return nil, err
	}
	c := &export.Card{Name: filepath.Base(name), Size: 32, Version: version.Commit(), SHA256: hash, Epochs: e.in.Epoch()}
	if e.b.Arch.Kernel == 7 {
		c.Size = 224
	}
	if slices.Contains(e.in.Beside, "bcl") {
		if err := e.trained(c); err != nil {
			return nil, err
		}
	}
	if e.run != "" {
		if err := e.ofRun(c); err != nil {
			return nil, err
		}
	}
	if e.results == "" {
		return c, nil
	}
	text, err := os.ReadFile(e.results)
	if err != nil {
		return nil, fmt.Errorf("--results: %w", err)
	}
	r, err := score.ParseResults(text)
	if err != nil {
		return nil, fmt.Errorf("--results %s: expected what bcl-eval --json writes: %w", quote.Name(e.results), err)
	}
	c.Results, c.Source = r.Rows, fmt.Sprintf("bcl-eval: %d images to fit on, %d to test on", r.Probe, r.Test)
	return c, nil
}

func (e *exported) sha256() (string, error) {
	return (&weights.Backbone{Extracted: e.b, Input: e.in.Input}).SHA256()
}

// trained adds what the checkpoint of a run records.
func (e *exported) trained(c *export.Card) error {
	text, err := run.ReadSettings(e.in.Path)
	if err != nil {
		return err
	}
	list, err := settings.Parse([]byte(text))
	if err != nil {
		return fmt.Errorf("%s: its settings: %w", quote.Name(e.in.Path), err)
	}
	c.Method = list.Get("method")
	if data := list.Get("data"); data != "" {
		c.Data = filepath.Base(data)
	}
	if size, _ := strconv.Atoi(list.Get("size")); size > 0 {
		c.Size = size
	}
	for line := range strings.Lines(text) {
		key, _, _ := strings.Cut(line, ":")
		if !slices.Contains(places, settings.Normalize(key)) {
			c.Settings += strings.TrimRight(line, "\n") + "\n"
		}
	}
	return nil
}

// ofRun adds what lies beside the checkpoint.
func (e *exported) ofRun(c *export.Card) error {
	env, err := run.ReadEnvironment(e.run)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	c.Samples, c.Print = env.Data.Samples, env.Data.Fingerprint
	samples, err := run.ReadSamples(e.run)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	counts := map[string]int{}
	for _, s := range samples {
		counts[s.Class]++
	}
	delete(counts, "")
	for name, n := range counts {
		c.Classes = append(c.Classes, export.Class{Name: name, Images: n})
	}
	slices.SortFunc(c.Classes, func(a, b export.Class) int {
		if a.Images != b.Images {
			return b.Images - a.Images
		}
		return strings.Compare(a.Name, b.Name)
	})
	evaluations, err := run.ReadEvaluations(e.run)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, v := range evaluations {
		if v.Epoch == evaluations[len(evaluations)-1].Epoch {
			c.Results = append(c.Results, score.Row{Network: score.Trained, Result: v.Result})
			c.Source = fmt.Sprintf("an evaluation after epoch %d of training", v.Epoch)
		}
	}
	return nil
}
