package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Progress shows the progress of a loop over many items: on a terminal in one line, which is
// never wider than that, otherwise with a line every few seconds. It is for one goroutine.
type Progress struct {
	w        io.Writer
	what     string
	total    int
	terminal bool
	start    time.Time
	first    int       // done at the first Set
	next     time.Time // of the next line
	marks    []mark    // for the estimate
}

// Times between lines: elsewhere, and on a terminal.
const (
	every  = 5 * time.Second
	redraw = 100 * time.Millisecond
)

// NewProgress starts to show the progress of total items.
func NewProgress(w io.Writer, what string, total int) *Progress {
	p := &Progress{w: w, what: what, total: total, terminal: IsTerminal(w), start: time.Now(), first: -1}
	if !p.terminal {
		p.next = p.start.Add(every)
	}
	return p
}

// Set reports that done items are done. detail, which may be empty, follows the name.
func (p *Progress) Set(done int, detail string) {
	text := p.what
	if detail != "" {
		text += " " + detail
	}
	now := time.Now()
	if p.first < 0 {
		p.first, p.start = done, now
	}
	p.marks = keep(p.marks, mark{now.Sub(p.start), done})
	if now.Before(p.next) && (!p.terminal || done < p.total) {
		return
	}
	text = fmt.Sprintf("%s: %d of %d", text, done, p.total)
	if !p.terminal {
		fmt.Fprintln(p.w, text)
		p.next = now.Add(every)
		return
	}
	if left := estimate(p.marks, p.total); left > 0 {
		text += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	fmt.Fprint(p.w, "\r", cut(text, width(p.w)-1), "\x1b[K")
	p.next = now.Add(redraw)
}

// cut is the beginning of a text that fits into columns.
func cut(text string, columns int) string {
	if r := []rune(text); len(r) > columns {
		return string(r[:max(columns, 0)])
	}
	return text
}

// Clear removes the line from the terminal; a nil Progress has none.
func (p *Progress) Clear() {
	if p != nil && p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the number of columns of the terminal that w is, 80 of anything else.
func width(w io.Writer) int {
	if o, ok := w.(*output); ok {
		w = o.w
	}
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return 80
}

// Bar shows the progress of what, with the number of items that the first call passes,
// starting at the first call; clear removes it from the terminal.
func Bar(w io.Writer, what string) (progress func(done, total int), clear func()) {
	var bar *Progress
	progress = func(done, total int) {
		if bar == nil {
			bar = NewProgress(w, what, total)
		}
		bar.Set(done, "")
	}
	return progress, func() { bar.Clear() }
}
