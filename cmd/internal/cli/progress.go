package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress shows the progress of a loop over many items: a bar on a terminal, otherwise a
// line every few seconds. It is for one goroutine.
type Progress struct {
	w     io.Writer
	what  string
	total int
	bar   *progressbar.ProgressBar // nil off the terminal
	next  time.Time                // of the next line
}

// every is the time between lines off the terminal.
const every = 5 * time.Second

// NewProgress starts to show the progress of total items.
func NewProgress(w io.Writer, what string, total int) *Progress {
	p := &Progress{w: w, what: what, total: total, next: time.Now().Add(every)}
	if IsTerminal(w) {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
	}
	return p
}

// Set reports that done items are done. detail, which may be empty, follows the name.
func (p *Progress) Set(done int, detail string) {
	text := p.what
	if detail != "" {
		text += " " + detail
	}
	if p.bar != nil {
		p.bar.Describe(text)
		_ = p.bar.Set(done)
		return
	}
	if now := time.Now(); now.After(p.next) {
		fmt.Fprintf(p.w, "%s: %d of %d\n", text, done, p.total)
		p.next = now.Add(every)
	}
}

// Clear removes the bar from the terminal; a nil Progress has none.
func (p *Progress) Clear() {
	if p != nil && p.bar != nil {
		_ = p.bar.Clear()
	}
}

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
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
