package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/score"
)

// Metrics are those of an epoch: a line of metrics.jsonl.
type Metrics struct {
	Epoch        int        `json:"epoch"` // from 1
	Step         int        `json:"step"`  // steps done since the start of the run
	Loss         float64    `json:"loss"`  // mean over the epoch's samples
	LR           float64    `json:"lr"`    // of the last step
	Seconds      float64    `json:"seconds"`
	ViewsPerSec  float64    `json:"views_per_second"`
	Resumed      bool       `json:"resumed,omitempty"` // resumed within the epoch: the times are of its rest
	MomentumLoss float64    `json:"momentum_loss"`     // mean over all samples
	Weights      [5]float64 `json:"weight_quantiles"`  // minimum, quartiles, maximum of the next epoch's weights
	// Auxiliary are the means of auxiliary losses over the epoch's samples, by name, of
	// those that have started. In JSON they are NAME_loss.
	Auxiliary map[string]float64 `json:"-"`
}

// MarshalJSON writes the line of metrics.jsonl.
func (m Metrics) MarshalJSON() ([]byte, error) {
	type plain Metrics
	line, err := json.Marshal(plain(m))
	for _, name := range slices.Sorted(maps.Keys(m.Auxiliary)) {
		if err == nil {
			line = fmt.Appendf(line[:len(line)-1], ",%q:", name+"_loss")
			var value []byte
			value, err = json.Marshal(m.Auxiliary[name])
			line = append(append(line, value...), '}')
		}
	}
	return line, err
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Metrics) UnmarshalJSON(line []byte) error {
	type plain Metrics
	var all map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(line, (*plain)(m)), json.Unmarshal(line, &all)); err != nil {
		return err
	}
	m.Auxiliary = nil
	for key, value := range all {
		name, isLoss := strings.CutSuffix(key, "_loss")
		if !isLoss || key == "momentum_loss" {
			continue
		}
		var mean float64
		if err := json.Unmarshal(value, &mean); err != nil {
			return err
		}
		if m.Auxiliary == nil {
			m.Auxiliary = map[string]float64{}
		}
		m.Auxiliary[name] = mean
	}
	return nil
}

// Evaluation is the accuracy of a classifier after an epoch: a line of evaluations.jsonl.
type Evaluation struct {
	Epoch int `json:"epoch"` // complete ones
	score.Result
}

// ReadMetrics reads metrics.jsonl of the run at path. A line that is partly written, also
// by a crash, is left out. The error is [fs.ErrNotExist] without a file; with one of a damaged
// line come the metrics of the lines before it.
func ReadMetrics(path string) ([]Metrics, error) { return readLines[Metrics](File(path, MetricsFile)) }

// ReadEvaluations reads evaluations.jsonl as [ReadMetrics] does its file.
func ReadEvaluations(path string) ([]Evaluation, error) {
	return readLines[Evaluation](File(path, EvaluationsFile))
}

// Epochs returns how many epochs the run at path has metrics of, which is cheaper than
// [ReadMetrics]; 0 without a file.
func Epochs(path string) (int, error) {
	text, err := os.ReadFile(File(path, MetricsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	return bytes.Count(text, []byte("\n")), err
}

// readLines reads a file with a JSON object per line.
func readLines[T any](path string) (list []T, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return list, fmt.Errorf("%s: line %d: %w", path, len(list)+1, err)
		}
		list = append(list, v)
	}
	return list, nil
}
