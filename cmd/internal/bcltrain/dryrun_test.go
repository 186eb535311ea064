package bcltrain

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/train"
)

// A dry run measures real steps and writes nothing.
func TestDryRun(t *testing.T) {
	save := filepath.Join(t.TempDir(), "runs")
	var out, errs bytes.Buffer
	args := []string{"dry", "--data", "embedded", "--save-dir", save, "--model", "resnet10", "--width", "2", "--size", "8", "--batch-size", "400", "--epochs", "2", "--warmup", "3", "--dry-run"}
	if code := Main(args, &out, &errs); code != 0 {
		t.Fatalf("code %d: %s", code, errs.String())
	}
	for _, want := range []string{"nothing was written\n", "data:    1485 images\n", "classes: 10, of 600 to 6 images\n", "2 epochs of 4 steps of 400 samples: 8 steps\n", "memory:  ", "end within the warm-up of 3", "4 steps an epoch are few"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if _, err := os.Stat(save); !os.IsNotExist(err) {
		t.Errorf("%s was made: %v", save, err)
	}
}

func TestRehearsal(t *testing.T) {
	steps := []train.Step{{Took: 9 * time.Second, Waited: 9 * time.Second}, {Took: time.Second}, {Took: time.Second, Waited: time.Second}}
	small := rehearsal{images: 40, batch: 512, views: 40, batches: 1, epochs: 100, steps: steps, memory: 9 << 30, limit: 10 << 30, where: "of the machine's", workers: 2}
	for _, want := range []string{"none needed to train", "100 epochs of 1 steps of 40 samples: 100 steps", "1s a step, of 3 measured: 1m40s in total", "9.00 GiB of the machine's",
		"50 % of the time is waiting for views: --num-workers is 2", "--batch-size 512 is larger than the set", "40 samples a step are few", "more than four fifths"} {
		if text := small.String(); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	well := rehearsal{images: 50000, classes: 100, largest: 500, rarest: 500, batch: 512, views: 512, batches: 98, epochs: 2000, steps: []train.Step{{Took: time.Second}, {Took: time.Second}}, memory: 1 << 30, limit: 10 << 30}
	if text := well.String(); strings.Contains(text, "note:") {
		t.Errorf("there is nothing to note in\n%s", text)
	}
}
