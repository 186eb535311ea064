package bcleval

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
)

// The untrained network of a run that began with a file has the backbone of that file, or is
// not measured.
func TestUntrainedOfInit(t *testing.T) {
	data := colours(t)
	first := trained(t, data)
	weights := filepath.Join(t.TempDir(), "first.pt")
	content, err := os.ReadFile(filepath.Join(first, "model.pt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(weights, content, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := trained(t, data, "--init", weights, "--seed", "11", "--lr", "0.0001")
	rows := func(args ...string) (rows []score.Row, said string) {
		t.Helper()
		code, stdout, stderr := call(append(args, "--threads", "1", "--by", "ridge", "--json")...)
		var r score.Results
		if err := json.Unmarshal([]byte(stdout), &r); code != cli.OK || err != nil {
			t.Fatalf("%v: exit code %d, %v, %s", args, code, err, stderr)
		}
		return r.Rows, stderr
	}
	got, said := rows(dir, "--untrained")
	if want := "the untrained network has the backbone of " + weights + ", with which the run began\n"; !strings.Contains(said, want) {
		t.Errorf("no %q in %s", want, said)
	}
	if len(got) != 2 || got[0].Network != score.Untrained {
		t.Errorf("%+v", got)
	}
	if !bytes.Equal(untrainedStem(t, dir), stemOf(t, weights)) || bytes.Equal(untrainedStem(t, dir, "--init", ""), stemOf(t, weights)) {
		t.Error("the untrained network has not the weights of the file, or also without it")
	}
	moved := filepath.Join(t.TempDir(), "moved.pt")
	if err := os.Rename(weights, moved); err != nil {
		t.Fatal(err)
	}
	rows(dir, "--untrained", "--init", moved)
	if _, said := rows(dir, "--untrained", "--init", ""); strings.Contains(said, "has the backbone") {
		t.Errorf("--init \"\" is the network of the seed: %s", said)
	}
	rows(dir)
	for want, args := range map[string][]string{
		"--untrained: the run began with the weights of " + weights + ", which cannot be read: ": {"--untrained"},
		"is not the file that the run began with: its SHA-256 is ":                               {"--untrained", "--init", dir},
	} {
		code, _, stderr := call(append(args, dir, "--threads", "1", "--by", "knn")...)
		if code != cli.Failure || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
	if code, _, stderr := call(dir, "--init", moved); code != cli.Usage || !strings.Contains(stderr, "--init does nothing without --untrained") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// untrainedStem returns the first convolution of the untrained network of a run.
func untrainedStem(t *testing.T, args ...string) (data []byte) {
	t.Helper()
	o := newOptions()
	if err := o.flags.Parse(append(args, "--untrained")); err != nil {
		t.Fatal(err)
	}
	err := torch.Do(func() error {
		if err := o.resolve(); err != nil {
			return err
		}
		_, net, err := o.untrainedNet(torch.CPU)
		if err == nil {
			err = o.beginNet(net, func(string, ...any) {})
		}
		for _, n := range nn.StateDict(net) {
			if n.Name == "backbone.conv1.weight" {
				data = n.Tensor.Contiguous(torch.ContiguousFormat).Bytes()
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func stemOf(t *testing.T, path string) []byte {
	t.Helper()
	c, err := checkpoint.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := serialize.Lookup[*serialize.Tensor](c.Weights, "backbone.conv1.weight")
	data, err := x.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
