// Command sbom writes what an image holds as CycloneDX 1.6: the Go modules in the commands, as
// they themselves say ("go version -m"), the fetched wheels of pins.txt, and libjpeg-turbo,
// which is linked statically. The packages of the base image are in its own dpkg database.
//
//	go run ./third_party/sbom -set cpu -version v0.1.0 -libjpeg 1:2.1.5-4 bin/* > sbom.cdx.json
//
// The same input gives the same bytes: no times, no random numbers.
package main

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	set := flag.String("set", "cpu", "wheels that the image has: cpu, or cuda, which adds to those")
	version := flag.String("version", "unknown", "of bcl")
	libjpeg := flag.String("libjpeg", "", "version of the package of libjpeg-turbo; empty: not linked")
	pins := flag.String("pins", "third_party/fetch/pins.txt", "what is fetched")
	flag.Parse()
	text, err := os.ReadFile(*pins)
	if err == nil {
		err = write(os.Stdout, *set, *version, *libjpeg, string(text), flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// Parts of CycloneDX, https://cyclonedx.org/docs/1.6/json/.
type (
	document struct {
		Format   string `json:"bomFormat"`
		Spec     string `json:"specVersion"`
		Version  int    `json:"version"`
		Metadata struct {
			Component component `json:"component"`
		} `json:"metadata"`
		Components []component `json:"components"`
	}
	component struct {
		Type     string    `json:"type"`
		Ref      string    `json:"bom-ref"`
		Name     string    `json:"name"`
		Version  string    `json:"version"`
		Licenses []license `json:"licenses,omitempty"`
		PURL     string    `json:"purl,omitempty"`
		Hashes   []hash    `json:"hashes,omitempty"`
	}
	license struct {
		License    *named `json:"license,omitempty"`
		Expression string `json:"expression,omitempty"` // of several
	}
	named struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
)

// modules are the licences of the Go modules; one that is missing is an error.
var modules = map[string]string{
	"github.com/andybalholm/brotli":    "MIT",
	"github.com/goccy/go-yaml":         "MIT",
	"github.com/google/uuid":           "BSD-3-Clause",
	"github.com/klauspost/compress":    "BSD-3-Clause AND Apache-2.0 AND MIT",
	"github.com/parquet-go/bitpack":    "Apache-2.0",
	"github.com/parquet-go/jsonlite":   "MIT",
	"github.com/parquet-go/parquet-go": "Apache-2.0",
	"github.com/pierrec/lz4/v4":        "BSD-3-Clause",
	"github.com/spf13/pflag":           "BSD-3-Clause",
	"github.com/twpayne/go-geom":       "BSD-2-Clause",
	"golang.org/x/image":               "BSD-3-Clause",
	"golang.org/x/sync":                "BSD-3-Clause",
	"golang.org/x/sys":                 "BSD-3-Clause",
	"golang.org/x/term":                "BSD-3-Clause",
	"golang.org/x/text":                "BSD-3-Clause",
	"gonum.org/v1/gonum":               "BSD-3-Clause",
	"google.golang.org/protobuf":       "BSD-3-Clause",
}

// write writes the document of the programs and the pins of a set.
func write(w io.Writer, set, version, libjpeg, pins string, programs []string) error {
	d := document{Format: "CycloneDX", Spec: "1.6", Version: 1}
	d.Metadata.Component = part("application", "bcl", version, "pkg:golang/github.com/bcl-go/bcl@"+version, "MIT")
	if len(programs) == 0 {
		return errors.New("no programs")
	}
	for _, path := range programs {
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		goVersion := strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go")
		d.add(part("platform", "go", goVersion, "pkg:golang/std@"+goVersion, "BSD-3-Clause"))
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			if modules[m.Path] == "" {
				return fmt.Errorf("%s: the licence of %s is not known: add it to third_party/sbom/main.go", path, m.Path)
			}
			d.add(part("library", m.Path, m.Version, "pkg:golang/"+m.Path+"@"+m.Version, modules[m.Path]))
		}
	}
	if libjpeg != "" {
		d.add(part("library", "libjpeg-turbo", libjpeg, "pkg:deb/debian/libjpeg-turbo@"+strings.ReplaceAll(libjpeg, ":", "%3A"), "IJG AND BSD-3-Clause AND Zlib"))
	}
	n := 0
	for line := range strings.Lines(pins) {
		f := strings.Fields(line) // name, version, size, sha256, set
		if len(f) != 5 || strings.HasPrefix(line, "#") || f[4] != "cpu" && f[4] != set {
			continue
		}
		id := "BSD-3-Clause"
		if strings.HasPrefix(f[0], "nvidia-") {
			id = "NVIDIA"
		}
		c := part("library", f[0], f[1], "pkg:pypi/"+f[0]+"@"+f[1], id)
		c.Hashes = []hash{{"SHA-256", f[3]}}
		d.add(c)
		n++
	}
	if n == 0 {
		return fmt.Errorf("no pins of the set %s", set)
	}
	slices.SortFunc(d.Components, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// add adds a component once.
func (d *document) add(c component) {
	if !slices.ContainsFunc(d.Components, func(other component) bool { return other.Ref == c.Ref }) {
		d.Components = append(d.Components, c)
	}
}

func part(kind, name, version, purl, id string) component {
	return component{Type: kind, Ref: purl, Name: name, Version: version, PURL: purl, Licenses: []license{licenseOf(id)}}
}

// licenseOf is a licence by its SPDX identifier, or an expression of several; NVIDIA's terms
// have none.
func licenseOf(id string) license {
	switch {
	case id == "NVIDIA":
		return license{License: &named{Name: "NVIDIA Software License Agreement"}}
	case strings.Contains(id, " "):
		return license{Expression: id}
	}
	return license{License: &named{ID: id}}
}
