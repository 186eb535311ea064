package run

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Owns reports whether path is the place of a file of a run, which nothing else may write:
// its folder is a run's, and the name one of those above or a checkpoint's.
func Owns(path string) bool {
	dir, name := filepath.Split(path)
	if _, err := os.Stat(filepath.Join(dir, ConfigFile)); err != nil {
		return false
	}
	n := 0
	fmt.Sscanf(name, "model_%d.pt", &n)
	return strings.HasPrefix(name, "events.out.tfevents.") || age(name) >= 0 || name == KeptName(n) ||
		slices.Contains([]string{ConfigFile, CommandFile, EnvironmentFile, LogFile, MetricsFile, EvaluationsFile, SamplesFile, ReportFile, "mlflow.json"}, name) || slices.Contains(HistoryFiles(), name)
}
