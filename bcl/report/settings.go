package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/training"
)

// differences is the table of the settings in which runs differ, those that say where and
// how fast a run runs last.
func (p *pageData) differences() *table {
	if len(p.runs) < 2 {
		return nil
	}
	lists := make([]settings.List, len(p.runs))
	for i, r := range p.runs {
		lists[i] = r.Settings
	}
	t := &table{Head: []string{"setting"}}
	for _, r := range p.runs {
		t.Head = append(t.Head, r.Name)
	}
	for _, name := range training.Differences(lists) {
		row := []string{name}
		for _, r := range p.runs {
			row = append(row, r.Settings.Get(name))
		}
		t.Rows = append(t.Rows, row)
	}
	row := func(name string, value func(r *Run) string) {
		cells := []string{name}
		for _, r := range p.runs {
			cells = append(cells, value(r))
		}
		if slices.ContainsFunc(cells[1:], func(c string) bool { return c != "" }) {
			t.Rows = append(t.Rows, cells)
		}
	}
	row("→ epochs done", func(r *Run) string { done, _ := r.Epochs(); return fmt.Sprint(done) })
	row("→ loss", func(r *Run) string {
		if n := len(r.Metrics); n > 0 {
			return fmt.Sprintf("%.3f", r.Metrics[n-1].Loss)
		}
		return ""
	})
	row("→ top-1", func(r *Run) string {
		var last []string
		for _, e := range r.Evaluations {
			if n := len(r.Evaluations); e.Epoch == r.Evaluations[n-1].Epoch {
				last = append(last, fmt.Sprintf("%s %.1f%%", classifier(e), e.Accuracy.Top1))
			}
		}
		return strings.Join(last, ", ")
	})
	row("→ tail AUC", func(r *Run) string {
		if r.Memory == nil || r.Memory.Few == nil {
			return ""
		}
		return fmt.Sprintf("%.3f", r.Memory.Few[len(r.Memory.Few)-1])
	})
	return t
}

// about is how a run came to be.
type about struct {
	Name, Command, Repeat string
	Settings, Versions    table
}

func (r *Run) about() about {
	a := about{Name: r.Name, Command: r.Command}
	a.Repeat = run.ShellLine("bcl-train", r.Name+"-again", "--config", run.File(r.dir, run.ConfigFile))
	for _, e := range r.Settings {
		a.Settings.Rows = append(a.Settings.Rows, []string{e.Name, e.Value})
	}
	e := r.Environment
	init := ""
	if e.Init.Path != "" {
		init = e.Init.Path + " (SHA-256 " + e.Init.SHA256 + ")"
	}
	for _, row := range [][2]string{{"bcl", e.BCL}, {"libtorch", e.Libtorch}, {"Go", e.Go}, {"system", e.OS}, {"processor", e.CPU}, {"threads", fmt.Sprintf("%d of %d cores", e.Threads, e.Cores)},
		{"device", e.Device + " " + e.Hardware}, {"JPEG decoder", e.JPEG}, {"began with", init}, {"images", fmt.Sprintf("%d", e.Data.Samples)}, {"fingerprint", e.Data.Fingerprint}} {
		if strings.TrimSpace(row[1]) != "" {
			a.Versions.Rows = append(a.Versions.Rows, row[:])
		}
	}
	return a
}
