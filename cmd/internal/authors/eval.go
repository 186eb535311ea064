package authors

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// Eval is a command line of test.py for bcl-eval, such as
// bcl-eval --checkpoint FILE --test_fullshot --test_100shot --data_folder DIR.
type Eval struct {
	Args []string // ours
	Err  error    // an error in the line, reported after parsing Args

	shots  []string // protocols
	prune  *bool    // nil: not given
	folder folder
	found  string // folder of lists that no flag named; "": none
}

// NewEval rewrites a command line, without the program's name. One without the authors'
// flags stays as it is.
func NewEval(args []string) *Eval {
	e := &Eval{}
	l := newLine()
	e.folder.flags(l)
	f := l.theirs
	prune := f.Bool("prune", false, "")
	checkpoint := f.String("checkpoint", "", "")
	f.Float64("prune-percent", 0, "") // ignored by evaluation
	f.String("save-dir", "", "")
	shots := []struct {
		word string
		on   *bool
	}{{protocol.Full, f.Bool("test-fullshot", false, "")}, {"100", f.Bool("test-100shot", false, "")}, {"50", f.Bool("test-50shot", false, "")}}
	e.Err = l.take(args)
	if f.Changed("prune") {
		e.prune = prune
	}
	for _, s := range shots {
		if *s.on {
			e.shots = append(e.shots, s.word)
		}
	}
	if e.Err == nil {
		e.Err = e.rewrite(l)
	}
	if e.Args = l.args; *checkpoint != "" {
		e.Args = append([]string{*checkpoint}, e.Args...)
	}
	return e
}

func (e *Eval) rewrite(l *line) error {
	if err := cmp.Or(e.folder.rewrite(l), l.pickGPU()); err != nil {
		return err
	}
	if e.folder.given {
		for _, def := range [][2]string{{"device", "auto"}, {"by", score.Probe}} {
			if !l.has(def[0]) {
				l.set(def[0], def[1])
			}
		}
	}
	if e.shots == nil {
		return nil
	}
	if l.has("shots") {
		return cli.Usagef("--shots and --test-...shot are the same: give one")
	}
	l.set("shots", strings.Join(e.shots, ","))
	e.findLists(l)
	return nil
}

// findLists finds the published lists of --dataset in the folder split, where the
// authors' code has them, or in the same folder below the data.
func (e *Eval) findLists(l *line) {
	root := e.folder.path
	if root == "" {
		root = l.value("data")
	}
	probeList, splits := l.has("probe-list"), l.has("splits")
	set := e.folder.kind
	for _, split := range []string{"split", filepath.Join(root, "split")} {
		list := filepath.Join(split, set, set+"_trainIdxList.npy")
		if _, err := os.Stat(list); err == nil && !probeList {
			l.set("probe-list", `"`+strings.ReplaceAll(list, `"`, `""`)+`"`) // commas separate lists
			e.found = split
		}
		dir := filepath.Join(split, set+"_imbSub_with_subsets")
		if info, err := os.Stat(dir); err == nil && info.IsDir() && !splits {
			l.set("splits", dir)
			e.found = split
		}
		if l.has("probe-list") || l.has("splits") {
			return
		}
	}
}

// CheckLists returns an error if the lists that were found do not belong to the images at
// data, which are of the given kind.
func (e *Eval) CheckLists(data, kind string) error {
	if e.found == "" || kind == e.folder.kind {
		return nil
	}
	return fmt.Errorf("the lists of %s in %s are not those of %s (%s): choose lists with --probe-list and --splits", e.folder.kind, e.found, data, kind)
}

// CheckNetwork compares --prune with a checkpoint's network: dual (two branches) or not.
func (e *Eval) CheckNetwork(checkpoint string, dual bool) error {
	if e.prune == nil || *e.prune == dual {
		return nil
	}
	kind := map[bool]string{true: "of SDCLR, with two branches", false: "of SimCLR, with one branch"}
	return fmt.Errorf("%s: --prune=%v, but the network is one %s", checkpoint, *e.prune, kind[dual])
}

// WriteLines writes the accuracies in the form of test.py, for programs that read it, if
// the command line chose protocols in test.py's way.
func (e *Eval) WriteLines(w io.Writer, r *score.Results) error {
	if e.shots == nil {
		return nil
	}
	text := func(a score.Accuracy) string { return fmt.Sprintf("{1: %v, 5: %v}", a.Top1/100, a.Top5/100) }
	for _, row := range r.Rows {
		if row.Classifier != score.Probe || row.Network != score.Trained {
			continue
		}
		what := strings.ReplaceAll(row.Protocol, "-", "")
		if row.Protocol == protocol.Full {
			what = "fullshot"
		}
		line := text(row.Accuracy)
		if len(row.Subsets) > 1 {
			var all []string
			for _, s := range row.Subsets {
				all = append(all, text(s.Accuracy))
			}
			line = fmt.Sprintf("%s, Average %v", strings.Join(all, ","), row.Accuracy.Top1/100)
		}
		if _, err := fmt.Fprintf(w, "Accuracy %s %s\n", what, line); err != nil {
			return err
		}
	}
	return nil
}
