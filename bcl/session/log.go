package session

import (
	"fmt"
	"io"
	"time"
)

// log writes the lines of events to log.txt, each with its time.
type log struct{}

func (log) Observe(s *Session, e Event) error {
	if end, ok := e.(End); ok && end.Err != nil {
		stamp(s.dir.Log(), end.Err.Error())
	}
	text, ok := e.(Text)
	if !ok {
		return nil
	}
	m, _ := e.(Message)
	for _, line := range text.Lines() {
		if m.Plain {
			fmt.Fprintln(s.dir.Log(), line)
		} else {
			stamp(s.dir.Log(), line)
		}
	}
	return nil
}

func stamp(w io.Writer, line string) {
	fmt.Fprintln(w, time.Now().Format(time.RFC3339), line)
}
