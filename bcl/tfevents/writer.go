package tfevents

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// suffix is the end of the names of our files.
const suffix = ".bcl"

// prefix is the beginning of the names of all event files.
const prefix = "events.out.tfevents."

// IsFile reports whether a name is that of an event file of this package.
func IsFile(name string) bool {
	return strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix)
}

// Writer appends events to a file. It is not for concurrent use.
type Writer struct {
	f   *os.File
	now func() time.Time
}

// Open opens the event file in a folder, and removes the events after a step from it, and a
// torn end: who resumes a run writes them again, and no step is there twice. Without a file
// of this package it begins one, events.out.tfevents.SECONDS.HOST.PID.bcl, and created is
// true. The folder must exist.
func Open(dir string, step int64) (w *Writer, created bool, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, false, err
	}
	w = &Writer{now: time.Now}
	for _, e := range slices.Backward(entries) { // by name, and so by time: the newest
		if !IsFile(e.Name()) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if err := trim(path, step); err != nil {
			return nil, false, err
		}
		w.f, err = os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		return w, false, err
	}
	host, err := os.Hostname()
	name := fmt.Sprintf("%s%010d.%s.%d%s", prefix, time.Now().Unix(), cmp.Or(host, "host"), os.Getpid(), suffix)
	w.f, err = os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, false, err
	}
	if err := w.start(); err != nil {
		return nil, false, errors.Join(err, w.Close())
	}
	return w, true, nil
}

// start writes the event that each file begins with: its version.
func (w *Writer) start() error {
	event := w.event(0)
	event.bytes(3, []byte("brain.Event:2"))
	return w.write(event)
}

// trim cuts a file before the first event after a step, or before what is no whole record.
func trim(path string, step int64) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	end := 0
	for {
		data, size, ok := next(b[end:])
		if !ok || stepOf(data) > step {
			break
		}
		end += size
	}
	if end == len(b) {
		return nil
	}
	return os.Truncate(path, int64(end))
}

// event begins an Event: wall time and step.
func (w *Writer) event(step int64) (m message) {
	m.double(1, float64(w.now().UnixNano())/1e9)
	if step != 0 {
		m.uint(2, uint64(step))
	}
	return m
}

// write appends a record in one write: a reader sees it whole, or waits for its end.
func (w *Writer) write(event message) error {
	_, err := w.f.Write(record(event))
	return err
}

// Close closes the file.
func (w *Writer) Close() error { return w.f.Close() }
