package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
)

// perEpoch are the files with lines per epoch.
var perEpoch = []string{MetricsFile, EvaluationsFile}

// Metric appends a line to metrics.jsonl.
func (d *Dir) Metric(m Metrics) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = d.metrics.Write(append(line, '\n'))
	return err
}

// Evaluations appends lines to evaluations.jsonl, all or none of an epoch. They are on
// disk when it returns: a run that resumes at the next epoch does not write them again.
func (d *Dir) Evaluations(values ...Evaluation) error {
	var lines []byte
	for _, v := range values {
		line, err := json.Marshal(v)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	return d.add(EvaluationsFile, lines)
}

// add appends text to a file in one write, and returns when it is on disk.
func (d *Dir) add(name string, text []byte) error {
	f, err := appendTo(d.File(name))
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// trim removes the lines of an epoch and later ones, written before the interruption.
func (d *Dir) trim(epoch int) error {
	for _, name := range perEpoch {
		text, err := os.ReadFile(d.File(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if kept := before(text, epoch); len(kept) < len(text) {
			if err := d.write(name, kept); err != nil {
				return err
			}
		}
	}
	return nil
}

// before is the lines of a file of epochs before one, without a line that a crash
// truncated.
func before(text []byte, epoch int) []byte {
	var kept []byte
	for line := range bytes.Lines(text) {
		var m struct{ Epoch int }
		if bytes.HasSuffix(line, []byte("\n")) && json.Unmarshal(line, &m) == nil && m.Epoch < epoch {
			kept = append(kept, line...)
		}
	}
	return kept
}

func appendTo(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
}
