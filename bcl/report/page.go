package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// MaxBytes is the most that a page has: it shows fewer images before it has more.
const MaxBytes = 5 << 20

// MaxRuns is how many runs a page shows side by side.
const MaxRuns = 6

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	style string
	//go:embed script.js
	script string

	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
		"percent": func(v float64) string { return fmt.Sprintf("%.1f%%", v) },
		"width":   func(v float64) string { return fmt.Sprintf("%.1f", v) },
	}).Parse(pageText))
)

// pageData is what page.html shows.
type pageData struct {
	runs  []*Run
	share float64 // of the images that are shown, 1 for all

	Title, Status string
	Policy        string
	Style         template.CSS
	Script        template.JS
	Live          bool
	Cards         []card
	Differences   *table
	Sections      []section
	About         []about
	Made          string
}

// card is the verdict on a run.
type card struct {
	Name, Status string
	Done         float64 // percent of the epochs
	Verdicts     []Verdict
	Notes        []string
}

// hashOf is the source of the policy that allows an inline text.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// policy is the content security policy: nothing is loaded, and nothing runs but what the
// page itself has. Only a live page asks its own server for news.
func policy(live bool) string {
	p := "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src " + hashOf(style) + "; script-src " + hashOf(script)
	if live {
		p += "; connect-src 'self'"
	}
	return p
}

// Write writes the page of at most [MaxRuns] runs.
func Write(w io.Writer, runs ...*Run) error { return write(w, false, runs) }

// Page returns the page of runs that asks its server for news every few seconds.
func Page(runs ...*Run) ([]byte, error) {
	var b bytes.Buffer
	err := write(&b, true, runs)
	return b.Bytes(), err
}

// WriteFile writes the page to a file, which is replaced atomically.
func WriteFile(path string, runs ...*Run) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error { return Write(w, runs...) })
}

// write writes the page with as many images as are within MaxBytes.
func write(w io.Writer, live bool, runs []*Run) error {
	if len(runs) == 0 || len(runs) > MaxRuns {
		return fmt.Errorf("%d runs, expected 1 to %d on a page", len(runs), MaxRuns)
	}
	var b bytes.Buffer
	for _, share := range []float64{1, 0.5, 0.25, 0} {
		b.Reset()
		if err := compose(&b, live, share, runs); err != nil {
			return err
		}
		if b.Len() <= MaxBytes {
			break
		}
	}
	_, err := b.WriteTo(w)
	return err
}

func compose(w io.Writer, live bool, share float64, runs []*Run) error {
	p := &pageData{runs: runs, share: share, Live: live, Policy: policy(live), Style: template.CSS(style), Script: template.JS(script), Made: time.Now().Format("2006-01-02 15:04:05")}
	var names []string
	for _, r := range runs {
		names = append(names, r.Name)
		c := r.card()
		if share < 1 && (r.Pictures != nil || r.Features != nil) {
			c.Notes = append(c.Notes, fmt.Sprintf("Only %.0f%% of its images are shown, so that the page stays below %d MB.", 100*share, MaxBytes>>20))
		}
		p.Cards = append(p.Cards, c)
		p.About = append(p.About, r.about())
	}
	p.Title = strings.Join(names, " · ")
	p.Differences = p.differences()
	for _, make := range []func() section{p.learning, p.memory, p.accuracy, p.images, p.space} {
		if s := make(); len(s.Charts)+len(s.Blocks)+len(s.Notes) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	return pageTemplate.Execute(w, p)
}

func (r *Run) card() card {
	done, all := r.Epochs()
	c := card{Name: r.Name, Status: fmt.Sprintf("epoch %d of %d", done, all), Verdicts: r.Verdicts(), Notes: slices.Concat(r.Notes, r.unread)}
	if all > 0 {
		c.Done = 100 * float64(done) / float64(all)
	}
	if done == all && all > 0 {
		c.Status = fmt.Sprintf("complete, %d epochs", all)
	}
	if n := r.samples(); n > 0 {
		c.Status += fmt.Sprintf(" · %d images", n)
	}
	c.Status += " · " + r.Settings.Get("method")
	c.Status += remaining(r.Metrics, all)
	return c
}

// remaining says how long the rest takes by the speed of the last epochs; "" if none is left.
func remaining(m []run.Metrics, all int) string {
	n := len(m)
	if n == 0 || m[n-1].Epoch >= all {
		return ""
	}
	sum, k := 0.0, 0
	for _, e := range m[max(0, n-3):] {
		if !e.Resumed {
			sum, k = sum+e.Seconds, k+1
		}
	}
	if k == 0 {
		return ""
	}
	d := time.Duration(sum / float64(k) * float64(all-m[n-1].Epoch) * float64(time.Second))
	if d > time.Hour {
		return fmt.Sprintf(" · about %s left", d.Round(10 * time.Minute).String()[:len(d.Round(10*time.Minute).String())-2])
	}
	if d > 2*time.Minute {
		return fmt.Sprintf(" · about %d minutes left", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf(" · about %d seconds left", int(d.Seconds()+0.5))
}
