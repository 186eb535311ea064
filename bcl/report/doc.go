// Package report makes the page that shows a run, or several side by side: report.html, one
// file that loads nothing, for browsers of any size, in light and dark, and for screen
// readers. It is pure Go.
//
// [Read] takes what a run folder has; [Run.Update] what was added since. Who has the images
// and the network adds [Run.Pictures] and [Run.Features]. [Write] writes the page, [Page]
// one that a server shows and that updates itself.
//
// Everything is bounded: epochs and samples that are looked at, points, thumbnails and so
// the page ([MaxBytes]). All text of others, such as the names of files and classes, is
// escaped, and the page's content security policy forbids all but its own style and script.
//
// Reading order: run.go, memory.go, features.go, verdict.go; chart.go, lines.go and the
// other drawings; sections.go, page.go with page.html, style.css and script.js.
package report
