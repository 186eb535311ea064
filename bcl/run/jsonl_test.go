package run

import (
	"fmt"
	"os"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
)

// by is a line of evaluations.jsonl.
func by(epoch int, classifier string) Evaluation {
	return Evaluation{Epoch: epoch, Result: score.Result{Classifier: classifier}}
}

// lines formats them, a word each.
func lines(t *testing.T, d *Dir) (text string) {
	t.Helper()
	all, err := ReadEvaluations(d.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		text += fmt.Sprintf("%d-%s ", e.Epoch, e.Classifier)
	}
	return text
}

// tear appends a line that a crash truncated.
func tear(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(`{"epoch":`); err != nil {
		t.Fatal(err)
	}
}

// evaluated is a run with evaluations of three epochs and a truncated one.
func evaluated(t *testing.T) *Dir {
	t.Helper()
	d := create(t)
	for epoch := 1; epoch <= 3; epoch++ {
		if err := d.Evaluations(by(epoch, "knn"), by(epoch, "probe")); err != nil {
			t.Fatal(err)
		}
	}
	tear(t, d.File(EvaluationsFile))
	d.Close()
	return d
}

const firstEpochs = "1-knn 1-probe 2-knn 2-probe "

// A run keeps the evaluations of the epochs before, however it is resumed, and each epoch
// has its lines once.
func TestEvaluationsStayInStep(t *testing.T) {
	d := evaluated(t)
	again, err := Reopen(d.Path, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(t, d); got != firstEpochs {
		t.Errorf("resuming at epoch 3: %q", got)
	}
	if err := again.Evaluations(by(3, "knn")); err != nil {
		t.Fatal(err)
	}
	if got, want := lines(t, d), firstEpochs+"3-knn "; got != want {
		t.Errorf("after epoch 3 again: %q, want %q", got, want)
	}
	again.Close()

	from := evaluated(t)
	heir := create(t)
	if err := heir.Inherit(from.Path, 3); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, heir); got != firstEpochs {
		t.Errorf("a run that starts from the checkpoint has %q", got)
	}

	restarted, err := Restart(d.Path, nil, nil, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	defer restarted.Close()
	if got := lines(t, d); got != "" {
		t.Errorf("a run that starts again has %q", got)
	}
}

// A line joined to a truncated one, as earlier versions left it, does not hide others.
func TestTornLineAmongOthers(t *testing.T) {
	text := "{\"epoch\":1}\n{\"epoch\":{\"epoch\":2}\n{\"epoch\":3}\n{\"epoch\":4}\n"
	if got, want := string(before([]byte(text), 4)), "{\"epoch\":1}\n{\"epoch\":3}\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
