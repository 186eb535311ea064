package bcltrain

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/cmd/internal/imagecache"
	"github.com/bcl-go/bcl/cmd/internal/machine"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
)

// resolve completes and checks the settings. Its errors are errors of usage.
func (o *options) resolve() error {
	for _, step := range []func() error{
		o.readFiles, o.likeTheirs, o.findNetwork, o.parseMethod, o.checkName, o.checkAllowed, o.monitor.check,
		o.byMethod, o.checkIdle, o.choosePrecision, o.complete, o.check, o.makePipeline,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	o.theirs.Correct(authors.Resolved{Resumed: o.resume != "", ManyBoosted: o.config.Method.Boosted() && o.boost.K > 1, Dual: o.config.Method.Traits().Objective == method.PrunedBranch, EvalFreq: o.monitor.freq})
	return nil
}

// readFiles sets what no flag set, from --config, then from --recipe, and then from the
// config.yaml of the run that is resumed.
func (o *options) readFiles() error {
	o.notice(byFlag)
	if o.configFile != "" {
		if err := cli.LoadConfig(o.flags, o.configFile); err != nil {
			return &cli.UsageError{Err: err}
		}
		o.notice(byConfig)
	}
	if err := o.follow(); err != nil {
		return err
	}
	o.notice(byRecipe)
	err := o.readRun()
	o.notice(byRun)
	return err
}

// readRun sets what else was not given as the run has it that is resumed in place. The
// authors' command lines are complete. The folder of the run may have been moved.
func (o *options) readRun() error {
	if o.flags.NArg() != 1 || o.theirs.Theirs || !o.from().In(filepath.Join(o.saveDir, o.flags.Arg(0))) {
		return nil
	}
	path := run.File(filepath.Join(o.saveDir, o.flags.Arg(0)), run.ConfigFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return &session.ResumeError{Err: err}
	}
	if err := cli.InheritAll(o.flags, text, "save-dir"); err != nil {
		return &session.ResumeError{Err: fmt.Errorf("%s: %w", path, err)}
	}
	return nil
}

func (o *options) checkName() error {
	o.name = o.flags.Arg(0)
	switch {
	case o.flags.NArg() == 0:
		return cli.Usagef("the run needs a name: bcl-train NAME --data PLACE")
	case o.flags.NArg() > 1:
		return cli.Usagef("one name for the run at a time, and %q was given too%s", o.flags.Arg(1), o.hintEquals())
	case o.data == "":
		return cli.Usagef("--data is missing: \"embedded\" or a folder of images")
	case !filepath.IsLocal(o.name) || strings.HasPrefix(o.name, "-") || quote.Name(o.name) != o.name:
		return cli.Usagef("%q cannot be the name of a run: it must be a name below --save-dir, of characters that print", o.name)
	}
	return nil
}

// hintEquals says which flag without a value a superfluous word may be meant for.
func (o *options) hintEquals() string {
	for _, s := range o.table {
		if s.Bare == "" || !o.typed(s.Name) || o.flags.Lookup(s.Name).Value.String() != s.Bare {
			continue
		}
		for _, word := range o.flags.Args() {
			if slices.Contains(s.Values, word) || slices.Contains(s.Examples, word) {
				return fmt.Sprintf("; a value of --%s follows \"=\": --%[1]s=%s", s.Name, word)
			}
		}
		return fmt.Sprintf("; a value of --%s would follow \"=\": --%[1]s=%s", s.Name, o.flags.Arg(1))
	}
	return ""
}

// likeTheirs completes the settings of an authors' command line as their programs do.
func (o *options) likeTheirs() (err error) {
	if o.theirs.Err != nil {
		return o.theirs.Err
	}
	for name, value := range o.theirs.Defaults {
		if flag := o.flags.Lookup(name); !flag.Changed {
			if err := flag.Value.Set(value); err != nil {
				return err
			}
		}
	}
	if o.theirs.Theirs && o.split != "" {
		if o.split, err = o.theirs.FindList(o.split); err != nil {
			return fmt.Errorf("--train-split: %w", err)
		}
	}
	return nil
}

// parseMethod reads --method, with the authors' --bcl, and writes its canonical name, by
// which configurations are compared.
func (o *options) parseMethod() error {
	m, err := method.Parse(string(o.config.Method))
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	switch {
	case o.theirs.BCL && m == method.SimCLR:
		m = method.BCLI
	case o.theirs.BCL && m == method.SDCLR:
		m = method.BCLD
	}
	o.config.Method = m
	return nil
}

// choosePrecision resolves --precision auto, as the run has it if it exists already, or that
// of the checkpoint that it is resumed from.
func (o *options) choosePrecision() error {
	if o.precision != autoPrecision {
		return nil
	}
	if text, err := os.ReadFile(run.File(o.dir(), run.ConfigFile)); err == nil {
		before, err := settings.Parse(text)
		if err == nil && before.Get("precision") != "" {
			o.precision = before.Get("precision")
			return nil
		}
	} else if before := o.resumed().Get("precision"); before != "" {
		o.precision = before
		return nil
	}
	if o.place.World > 1 || o.nproc > 1 {
		return cli.Usagef("--precision auto is measured, and each process may find another: choose fp32 or bf16 for several processes")
	}
	d, err := device.Parse(o.device, o.flags.Changed("device"))
	if err != nil {
		return err
	}
	if err := torch.SetNumThreads(o.threads); err != nil { // of the run, which the measurement is for
		return err
	}
	var why string
	if o.precision, why, err = device.Precision(d); err == nil {
		o.theirs.Remark("--precision auto is %s: %s", o.precision, why)
	}
	return err
}

const autoPrecision = "auto"

// complete converts settings given as text for the libraries.
func (o *options) complete() error {
	if o.schedule != "" {
		schedule, err := loss.ParseTemperature(o.schedule)
		if err != nil {
			return &cli.UsageError{Err: err}
		}
		o.config.Schedule = &schedule
	}
	reweight, err := loss.ParseReweighting(string(o.config.Reweight))
	if err != nil {
		return cli.Usagef("--reweight-positives: %w", err)
	}
	o.config.Reweight = reweight
	known := map[string]dtype.DType{"fp32": dtype.Float32, "bf16": dtype.BFloat16}
	var ok bool
	if o.config.Precision, ok = known[o.precision]; !ok {
		return cli.Usagef("precision %q is not fp32, bf16 or auto", o.precision)
	}
	if o.harmonize {
		o.config.Auxiliary = []loss.AuxiliaryConfig{o.harmony}
	}
	if o.size == 0 {
		o.size = o.model.Stem.Size()
	}
	for _, s := range []struct {
		name, text string
		to         *[3]float32
	}{{"mean", o.mean, &o.model.Input.Mean}, {"std", o.std, &o.model.Input.Std}} {
		words := strings.Split(s.text, ",")
		if len(words) != 3 {
			return cli.Usagef("--%s is %q, expected three numbers: R,G,B", s.name, s.text)
		}
		for i, w := range words {
			v, err := strconv.ParseFloat(strings.TrimSpace(w), 32)
			if err != nil {
				return cli.Usagef("--%s is %q, expected three numbers: R,G,B", s.name, s.text)
			}
			s.to[i] = float32(v)
		}
	}
	return nil
}

func (o *options) check() error {
	if c := o.config; c.Warmup >= c.Epochs && c.Warmup > 0 {
		o.theirs.Remark("the %d epochs end within the warm-up of %d: the learning rate rises to the end and is never annealed (--warmup %d, a tenth of them, would do)", c.Epochs, c.Warmup, c.Epochs/10)
	}
	if _, err := o.address(); err != nil {
		return err
	}
	if o.mlflow != "" {
		var err error
		if o.tracker, err = newTracker(o.mlflow, o.name); err != nil {
			return err
		}
	}
	if _, err := dataset.ParseHoldout(o.holdout); err != nil {
		return cli.Usagef("--holdout is %w", err)
	}
	if o.skipBroken && !o.checkImages {
		return cli.Usagef("--skip-broken finds broken images by reading all: leave out --check-images=false")
	}
	if err := imagecache.Check(o.imageCache); err != nil {
		return err
	}
	if o.dryRun && (o.place.World > 1 || o.nproc > 1) {
		return cli.Usagef("--dry-run measures one process: leave out --nproc, or the launcher")
	}
	if err := cmp.Or(o.checkPlace(), o.checkQueue(machine.Memory())); err != nil {
		return err
	}
	m := o.config.Method
	if rule := o.config.Memory.RuleOf(m.Traits().Rule); rule == memory.Constant && o.typed("memory-weights") {
		o.theirs.Remark("--memory-weights %s changes what is shown of the memory and nothing else: with --method %s and --memory-control %s all weights are 1/2", o.config.Memory.Weights, m, o.config.Memory.Control)
	}
	const day = 24 * 60 * 60 // seconds
	return cli.FieldUsage(o.table, cmp.Or(
		o.model.Check(),
		o.config.Check(),
		o.config.CheckChunks(max(o.place.World, o.nproc)),
		field.Expect(o.size >= 8 && o.size <= 4096, "size", o.size, "8 to 4096 pixels"),
		field.Expect(o.nproc >= 0, "nproc", o.nproc, "1 process or more, or 0 for none but this one"),
		field.Expect(o.groupTimeout >= 1 && o.groupTimeout <= 7*day, "group-timeout", o.groupTimeout, "1 second to a week (604800)"),
		field.Expect(o.joinTimeout >= 1 && o.joinTimeout <= 7*day, "join-timeout", o.joinTimeout, "1 second to a week (604800)"),
		field.Expect(o.printFreq >= 0, "print-freq", o.printFreq, "0 or more"),
		field.Expect(o.saveFreq >= 1, "save-freq", o.saveFreq, "at least 1"),
		field.Expect(o.keepLast >= 1, "keep-last", o.keepLast, "at least 1"),
		field.Expect(o.saveMins >= 0, "save-minutes", o.saveMins, "0 or more"),
		field.Expect(o.maxPixels >= 1, "max-pixels", o.maxPixels, "at least 1"),
		field.Expect(o.threads >= 0, "threads", o.threads, "0 or more"),
	))
}

// checkQueue returns an error if MoCo's queue does not fit into memory, of some bytes (0:
// unknown): the keys, and the similarities of a batch with them, their exponentials and
// gradients.
func (o *options) checkQueue(bytes int64) error {
	if o.config.Method.Traits().Objective != method.KeyQueue || bytes == 0 {
		return nil
	}
	per := 4 * float64(model.ProjectionSize+3*o.config.Batch)
	if most := int(float64(bytes) / per); o.config.Queue.Size > most {
		return cli.Usagef("--moco-k is %d, expected at most %d: with its similarities to a batch of %d each key takes %.0f bytes, and there is memory of %.1f GiB", o.config.Queue.Size, most, o.config.Batch, per, float64(bytes)/(1<<30))
	}
	return nil
}

func methodNames() (names []string) {
	for _, m := range method.All() {
		names = append(names, string(m))
	}
	return names
}

// makePipeline makes the recipe of the views. The published recipes have the names of
// their networks' stems.
func (o *options) makePipeline() error {
	p, err := augment.Recipe(cmp.Or(o.views, string(o.model.Stem)), o.size)
	if err != nil {
		return cli.Usagef("--views: %v", err)
	}
	if p, err = o.stages.Of(*p); err != nil {
		return cli.FieldUsage(o.table, err)
	}
	if o.config.Method.Boosted() {
		p = p.With(o.boost)
	}
	o.pipeline = p
	return cli.FieldUsage(o.table, p.Check())
}

func (o *options) dir() string { return filepath.Join(o.saveDir, o.name) }
