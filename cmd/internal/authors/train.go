package authors

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/settings/training"
)

// Train is a command line of train.py or train_sdclr.py for bcl-train. train_sdclr.py is
// bcl-train --method sdclr.
type Train struct {
	Args []string // ours
	Err  error    // an error in the line, reported after parsing Args

	Theirs   bool              // whether --data-folder marks the line as theirs
	BCL      bool              // --bcl: with the boost, whatever the method
	Defaults map[string]string // of their programs, for our flags that are not set
	Remarks  []string          // differences from their code, for the log

	folder     folder
	checkpoint string
	resume     string // True or False, if given so
}

// trainLine returns a line with the flags of train.py, which set t.
func trainLine(t *Train) *line {
	l := newLine()
	t.folder.flags(l)
	l.theirs.BoolVar(&t.BCL, "bcl", false, "")
	l.theirs.StringVar(&t.checkpoint, "checkpoint", "", "")
	return l
}

// NewTrain rewrites a command line, without the program's name. One without the authors'
// flags stays as it is.
func NewTrain(args []string) *Train {
	t := &Train{}
	l := trainLine(t)
	t.Err = cmp.Or(l.take(args), t.folder.rewrite(l), l.pickGPU())
	if t.Err == nil && strings.Contains(l.gpus, ",") {
		t.Remark("--gpus %s: a run uses one GPU, the first (the authors' code does so too)", l.gpus)
	}
	if t.checkpoint != "" {
		if i := l.index("resume"); i >= 0 && (l.args[i] == "--resume" || l.args[i] == "--resume="+training.Newest) {
			l.args[i] = "--resume=" + t.checkpoint
		} else {
			t.Remark("--checkpoint %s: not read, as --resume was not given", t.checkpoint)
		}
	}
	t.Args, t.resume = l.args, l.resume
	if t.Theirs = t.folder.given; t.Theirs {
		t.Defaults = map[string]string{"method": "simclr", "save-dir": "checkpoints", "device": "auto", "print-freq": "20", "eval-freq": "20"}
	}
	return t
}

// Remark adds to Remarks.
func (t *Train) Remark(format string, args ...any) {
	t.Remarks = append(t.Remarks, fmt.Sprintf(format, args...))
}

// FindList looks for a list where the authors' code does, in the folder split, and also
// at the path itself and below the data: their code only finds it from one working
// directory.
func (t *Train) FindList(list string) (string, error) {
	places := []string{list}
	if !filepath.IsAbs(list) {
		root := filepath.Clean(t.folder.path)
		places = append(places, filepath.Join("split", list), filepath.Join(root, list), filepath.Join(root, "split", list))
	}
	for _, path := range places {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: none of %s", fs.ErrNotExist, strings.Join(places, ", "))
}

// ProbeList finds the list that the authors' code fits its probe on, if the images at
// data are theirs; else "".
func (t *Train) ProbeList(data string) (string, error) {
	if !t.Theirs || t.folder.kind != dataset.CIFAR100 {
		return "", nil
	}
	found, err := dataset.CIFARFolder(data, dataset.CIFAR100)
	if err != nil || found == "" {
		return "", err // "": other images
	}
	list, err := t.FindList(filepath.Join(dataset.CIFAR100, dataset.CIFAR100+"_trainIdxList.npy"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Remark("the probe sees all 50,000 images: its list: %v", err)
		return "", nil
	}
	return list, err
}

// Resolved are a run's resolved settings that the authors' code treats differently.
type Resolved struct {
	Resumed     bool
	ManyBoosted bool // more than one boosted operation per view
	Dual        bool // a pruned branch
	EvalFreq    int  // epochs between evaluations; 0: none
}

// Correct adds to Remarks where the authors' code has a bug in a run like this.
func (t *Train) Correct(r Resolved) {
	if !t.Theirs {
		return
	}
	t.Remark("the authors' command line: as in their code, except for its faults (docs/method.md, docs/fidelity.md)")
	if strings.EqualFold(t.resume, "false") {
		t.Remark("--resume %s: starts a new run (in their code every value is true)", t.resume)
	}
	if r.Resumed {
		t.Remark("--resume: continues at the next step (their code restarts at epoch 1, without the momentum loss)")
	}
	if r.ManyBoosted {
		t.Remark("u of the boosted strength is drawn for each sample and epoch (their loader's workers repeat it)")
	}
	if r.EvalFreq > 0 {
		t.Remark("linear probe after every %d epochs (theirs: one epoch earlier)", r.EvalFreq)
		if r.Dual {
			t.Remark("the probe sees the full branch (theirs sees the pruned one while it trains)")
		}
	}
}
