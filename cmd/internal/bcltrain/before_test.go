package bcltrain

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/signal"
)

// A run of an earlier program (commit 17c72f8: BCL-D with Geometric Harmonization,
// interrupted within epoch 18 of 40) is resumed within its epoch, with its masks, memory,
// momentum and history, and ends as it did with that program. last_epoch.json is the last
// line of that run's metrics; other processors round differently, so its loss is compared
// within 5 %.
func TestRunOfAnEarlierProgram(t *testing.T) {
	save := t.TempDir()
	dir := filepath.Join(save, "before")
	if err := os.CopyFS(dir, os.DirFS("testdata/before")); err != nil {
		t.Fatal(err)
	}
	history := file(t, dir, run.HistoryFile)
	code, _, stderr := call("before", "--save-dir", save, "--method", "bcl-d", "--data", "embedded", "--train-split", filepath.Join(dir, "list.npy"),
		"--model", "resnet10", "--width", "2", "--size", "8", "--batch-size", "5", "--epochs", "40", "--warmup", "1", "--lr", "0.02",
		"--threads", "1", "--num-workers", "1", "--harmonize", "--harmonize-classes", "4", "--harmonize-from", "3", "--harmonize-lr-share", "0",
		"--prune-percent", "0.8", "--random-prune-percent", "0.2", "--save-freq", "1000", "--resume")
	if code != 0 || !strings.Contains(stderr, "resuming at epoch 18, batch 2 of 3") {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	type line struct {
		Epoch, Step  int
		Loss         float64
		HarmonyLoss  float64    `json:"harmony_loss"`
		Weights      [5]float64 `json:"weight_quantiles"`
		MomentumLoss float64    `json:"momentum_loss"`
	}
	var want, got line
	lines := strings.Split(strings.TrimSpace(file(t, dir, run.MetricsFile)), "\n")
	for text, v := range map[string]*line{file(t, dir, "last_epoch.json"): &want, lines[len(lines)-1]: &got} {
		if err := json.Unmarshal([]byte(text), v); err != nil {
			t.Fatal(err)
		}
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= 0.05*math.Abs(b) }
	if len(lines) != 40 || got.Epoch != want.Epoch || got.Step != want.Step || !near(got.Loss, want.Loss) || !near(got.MomentumLoss, want.MomentumLoss) || !near(got.HarmonyLoss, want.HarmonyLoss) {
		t.Errorf("%d epochs, the last %+v, want %+v", len(lines), got, want)
	}
	if now := file(t, dir, run.HistoryFile); !bytes.Equal([]byte(now)[128:len(history)], []byte(history)[128:]) {
		t.Error("the history of earlier epochs differs")
	}
	// It knew no signals: those of the epochs before, and of the steps before in its own, are
	// not known.
	for _, s := range signal.Recorded() {
		rows, err := run.Signals(dir, s)
		if err != nil || len(rows) != 40 {
			t.Fatalf("%s: %d rows, %v", s, len(rows), err)
		}
		unknown := func(row []float32) (n int) {
			for _, v := range row {
				if v != v {
					n++
				}
			}
			return n
		}
		if n := len(rows[0]); unknown(rows[16]) != n || unknown(rows[17]) != 5 || unknown(rows[18]) != 0 || unknown(rows[39]) != 0 {
			t.Errorf("%s: of %d samples %d, %d and %d are not known of epochs 17 to 19", s, n, unknown(rows[16]), unknown(rows[17]), unknown(rows[18]))
		}
	}
}
