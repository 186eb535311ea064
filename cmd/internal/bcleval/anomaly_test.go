package bcleval

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnomaly(t *testing.T) {
	r, dir := trained(t, colours(t)), t.TempDir()
	train, test, out := filepath.Join(dir, "train"), filepath.Join(dir, "test"), filepath.Join(dir, "scores.csv")
	embedded(t, 0, r, "--out", train)
	embedded(t, 0, r, "--out", test, "--part", "test")
	do := func(code int, args ...string) (stdout, stderr string) {
		t.Helper()
		var o, e bytes.Buffer
		if got := Main(append([]string{"anomaly"}, args...), &o, &e); got != code {
			t.Fatalf("%v: exit code %d: %s", args, got, e.String())
		}
		return o.String(), e.String()
	}
	// One colour is normal; the others are anomalies, which any network sees.
	text, _ := do(0, train, test, "--normal", "class0", "--k", "2", "--rate", "0.5", "--out", out)
	if strings.Count(text, "AUROC 1.0000, AUPR 1.0000 (8 anomalies)") != 2 || !strings.Contains(text, "knn: ") {
		t.Error(text)
	}
	lines := strings.Split(read(t, out), "\n")
	if lines[0] != "row,name,class,knn,knn_alarm,mahalanobis,mahalanobis_alarm" || len(lines) != 14 || strings.Count(lines[12], "true") != 2 {
		t.Errorf("%q", lines)
	}
	if text, _ := do(0, train, test, "--rate", "0.5", "--by", "knn"); strings.Contains(text, "AUROC") || !strings.Contains(text, "of 12 images are alarms") {
		t.Error(text)
	}
	unit := filepath.Join(dir, "unit")
	embedded(t, 0, r, "--out", unit, "--part", "test", "--normalize")
	if _, errs := do(1, train, unit, "--rate", "0.5"); !strings.Contains(errs, "cannot be compared: --normalize: false and true") {
		t.Error(errs)
	}
	small := filepath.Join(dir, "small")
	embedded(t, 0, r, "--out", small, "--part", "test", "--size", "8")
	if _, errs := do(1, train, small, "--rate", "0.5"); !strings.Contains(errs, "cannot be compared: --size: 16 and 8") {
		t.Error(errs)
	}
	if _, errs := do(1, train, test); !strings.Contains(errs, "too few for a false-alarm rate of 0.05") {
		t.Error(errs)
	}
	if _, errs := do(2, train, test, "--by", "svm"); !strings.Contains(errs, `"svm", expected some of knn, mahalanobis`) {
		t.Error(errs)
	}
}
