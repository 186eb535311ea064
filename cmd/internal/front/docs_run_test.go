package front

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// notRun are the commands that are not run here, by how they begin, and why.
var notRun = map[string]string{
	"bcl-data export /usr/share/":         "the images are a Debian package's; bcldata's tests export with --size",
	"bcl-data fetch":                      "it downloads; bcldata's tests fetch from a server of theirs",
	"bcl-search serve":                    "it serves until it is stopped; bclsearch's tests ask it",
	"bcl-ckpt export runs/photos d2.pth":  "Detectron2 has networks of full width alone; bclckpt's tests export one",
	"bcl-eval --checkpoint FILE":          "the authors' lists are of CIFAR-100 in its published form, 60,000 images; bcleval's TestTheirLines has them",
	"bcl-train big --data /data/":         "1024 tars of a place that is not here; bcl/dataset's and bcldata's tests have tars",
	"bcl-train big --data ~/imagenet --s": "--nproc starts the program of this process, which is a test; bcltrain's TestProcesses do",
}

// onlyDryRun are those of which only what they would do is run, and why.
var onlyDryRun = map[string]string{
	"bcl-repro small":        "it trains for an hour, by starting bcl-train beside it; bclrepro's tests run plans with fakes",
	"bcl-repro evidence":     "it trains for days, likewise",
	"bcl-repro evidence-gpu": "it trains for days on GPUs, likewise",
}

// ends are exit codes other than 0, by how commands begin.
var ends = map[string]int{
	"bcl-ckpt diff a.pt b.safetensors": cli.OK, // the same network in two formats
}

// otherPrograms are the first words of lines that are for a shell and not for bcl, and why they
// are not run.
var otherPrograms = map[string]string{
	"make":      "targets build the checkout or take minutes; that they exist is checked",
	"git":       "it downloads",
	"docker":    "it needs docker and the images; docker/test.sh runs them",
	"apptainer": "it needs apptainer and the images",
	"sbatch":    "it needs Slurm",
	"srun":      "it needs Slurm",
	"kubectl":   "it needs a cluster",
	"torchrun":  "it needs Python's torch; cgo/cuda/kit and bcltrain's tests start processes",
}

// tiny are values of flags for the few images of the world.
var tiny = map[string]string{"--shots 100": "2", "--shots full,100,50": "full,2,1", "--normal good": "cat"}

// found is a key of a table of lines that was used.
type found map[string]bool

// lookup returns what a table says of a line, and marks the entry as used: the longest one.
func lookup[T any](table map[string]T, l line, used found) (value T, ok bool) {
	text := filepath.Base(l.words[0]) + " " + strings.Join(l.words[1:], " ") + " "
	best := ""
	for prefix, v := range table {
		if strings.HasPrefix(text, prefix) && len(prefix) > len(best) {
			best, value, ok = prefix, v, true
		}
	}
	used[best] = ok
	return value, ok
}

// isMinimal fails for entries of a table that no line has.
func isMinimal[T any](t *testing.T, name string, table map[string]T, used found) {
	t.Helper()
	for key := range table {
		if !used[key] {
			t.Errorf("%s: no line of README.md and docs is %q any more", name, key)
		}
	}
}

// prepared is a line as it is run: in the world, and small.
func prepared(l line, home string) (program string, args []string) {
	program = filepath.Base(l.words[0])
	words := slices.Clone(l.words[1:])
	if program == "bcl" && known(words[0]) {
		program, words = "bcl-"+words[0], words[1:]
	}
	for i, w := range words {
		if rest, ok := strings.CutPrefix(w, "~"); ok {
			words[i] = home + rest
		}
		if i > 0 {
			if other, ok := tiny[words[i-1]+" "+w]; ok {
				words[i] = other
			}
		}
	}
	key := program
	if len(words) > 0 && smaller[program+" "+words[0]] != "" {
		key += " " + words[0]
	}
	if key == "bcl-data split" && slices.Contains(words, "--shots") {
		key += " shot"
	}
	return program, append(words, strings.Fields(smaller[key])...)
}

// Every command line of README.md and docs runs, small and in a world of a few images; with
// -short those that train only say what they would do. What does not run here is listed above.
func TestCommandsOfTheDocumentationRun(t *testing.T) {
	sources := map[string][]line{}
	for _, page := range pages(t) {
		if list := commandLines(t, page); len(list) > 0 {
			sources[page] = list
		}
	}
	dir := t.TempDir()
	template := filepath.Join(dir, "template")
	newWorld(t, template)
	used, dry, ended, ran := found{}, found{}, found{}, 0
	for page, lines := range sources {
		world := filepath.Join(dir, filepath.Base(page))
		copyOf(t, template, world)
		t.Chdir(filepath.Join(world, "work"))
		home := filepath.Join(world, "home")
		for _, l := range lines {
			if _, no := lookup(notRun, l, used); no {
				continue
			}
			program, args := prepared(l, home)
			_, plan := lookup(onlyDryRun, l, dry)
			if plan && !slices.Contains(args, "--table") || testing.Short() && program == "bcl-train" {
				args = append(args, "--dry-run")
			}
			if testing.Short() && !quick(program, args) {
				continue
			}
			if program == "bcl-train" && slices.Contains(args, "--dry-run") && !slices.Contains(args, "--resume") {
				args = append(args, "--save-dir", "dry") // where no run has the name
			}
			if old := replaced(program, args); old != "" {
				if err := os.RemoveAll(old); err != nil {
					t.Fatal(err)
				}
			}
			want, _ := lookup(ends, l, ended)
			ran++
			var errs bytes.Buffer
			if code := mains[program](args, io.Discard, &errs); code != want {
				t.Errorf("%v\nas %s %s: code %d, want %d: %s", l, program, strings.Join(args, " "), code, want, strings.TrimSpace(errs.String()))
			}
		}
	}
	isMinimal(t, "notRun", notRun, used)
	isMinimal(t, "onlyDryRun", onlyDryRun, dry)
	isMinimal(t, "ends", ends, ended)
	if !testing.Short() && ran < 50 {
		t.Errorf("%d commands were run, expected more than 50", ran)
	}
}

// replaced is what a command makes and the world has already: a run, or features of another.
func replaced(program string, args []string) string {
	out := slices.Index(args, "--out")
	switch {
	case program == "bcl-train" && !slices.Contains(args, "--resume") && !slices.Contains(args, "--dry-run"):
		return filepath.Join("runs", args[0])
	case program == "bcl-eval" && args[0] == "embed" && out > 0:
		return args[out+1]
	}
	return ""
}

// quick reports whether a command takes no time: it trains and evaluates nothing.
func quick(program string, args []string) bool {
	return program == "bcl-data" || program == "bcl-ckpt" || program == "bcl-repro" || slices.Contains(args, "--dry-run")
}

// Every other line for a shell begins with a program that is listed above, and make's targets
// exist.
func TestOtherCommandsOfTheDocumentation(t *testing.T) {
	makefile, err := os.ReadFile("../../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	used := found{}
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for s := range strings.Lines(string(text)) {
			s, indented := strings.CutPrefix(s, "    ")
			words := split(strings.TrimRight(s, "\n"))
			if !indented || len(words) < 2 || otherPrograms[words[0]] == "" {
				continue
			}
			used[words[0]] = true
			if words[0] == "make" && !bytes.Contains(makefile, []byte("\n"+words[1]+": ")) {
				t.Errorf("%s: make %s is no target", filepath.Base(page), words[1])
			}
		}
	}
	isMinimal(t, "otherPrograms", otherPrograms, used)
}
