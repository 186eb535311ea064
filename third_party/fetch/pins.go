package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// A pin is one line of pins.txt.
type pin struct {
	Name, Version string
	Size          int64  // bytes of the wheel
	SHA256        string // of the wheel, hexadecimal
	Set           string // "cpu", "cuda" for what only the CUDA set needs, or "image"
}

//go:embed pins.txt
var pinsText string

// readPins reads the text of pins.txt, named path; the first pin is torch itself.
func readPins(path, text string) ([]pin, error) {
	var pins []pin
	line := 0
	for l := range strings.Lines(text) {
		line++
		fields := strings.Fields(l)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) != 5 {
			return nil, fmt.Errorf("%s:%d: %d fields, expected name, version, size, sha256, set", path, line, len(fields))
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size <= 0 {
			return nil, fmt.Errorf("%s:%d: size %q is not a number of bytes", path, line, fields[2])
		}
		if raw, err := hex.DecodeString(fields[3]); err != nil || len(raw) != sha256.Size {
			return nil, fmt.Errorf("%s:%d: %q is not a sha256", path, line, fields[3])
		}
		if fields[4] != "cpu" && fields[4] != "cuda" && fields[4] != "image" {
			return nil, fmt.Errorf("%s:%d: set %q is not cpu, cuda or image", path, line, fields[4])
		}
		pins = append(pins, pin{fields[0], fields[1], size, fields[3], fields[4]})
	}
	if len(pins) == 0 || pins[0].Name != "torch" {
		return nil, fmt.Errorf("%s: the first pin must be torch", path)
	}
	return pins, nil
}

// ofSet returns the pins that a set needs; cuda needs those of cpu too.
func ofSet(pins []pin, set string) []pin {
	var out []pin
	for _, p := range pins {
		if p.Set == "cpu" || p.Set == set {
			out = append(out, p)
		}
	}
	return out
}

// key is the name of a set's folder in the cache: the version and a hash of every wheel's
// hash, so that changed pins get another folder.
func key(pins []pin, set string) string {
	h := sha256.New()
	for _, p := range ofSet(pins, set) {
		fmt.Fprintln(h, p.Name, p.Version, p.SHA256)
	}
	return fmt.Sprintf("libtorch-%s-%s-%x", pins[0].Version, set, h.Sum(nil)[:6])
}
