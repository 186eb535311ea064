package verify

import (
	"fmt"
	"slices"
	"sync"

	"github.com/bcl-go/bcl/bcl/quote"
)

// Damage collects the images that are decoded although their files are damaged.
type Damage struct {
	mu    sync.Mutex
	lines map[string]string // by path
}

// Add is for [dataset.Options]: its Damaged.
func (d *Damage) Add(path string, damage error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lines == nil {
		d.lines = map[string]string{}
	}
	d.lines[path] = fmt.Sprintf("%s: %v", quote.Name(path), damage)
}

// Lines returns a line for each image since the last call, sorted.
func (d *Damage) Lines() (lines []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.lines {
		lines = append(lines, line)
	}
	d.lines = nil
	slices.Sort(lines)
	return lines
}

// Say tells of the images, if there are any.
func (d *Damage) Say(say func(format string, args ...any)) {
	if lines := d.Lines(); lines != nil {
		say("damaged, but read as Pillow reads them: %d of the images, such as %s (bcl-data verify names all)", len(lines), lines[0])
	}
}
