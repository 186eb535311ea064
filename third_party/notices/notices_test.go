package notices

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write NOTICES.txt")

// libjpeg is what the licence of libjpeg-turbo asks programs to say (its README.ijg and
// LICENSE.md, IJG and BSD-3-Clause).
const libjpeg = `This software is based in part on the work of the Independent JPEG Group.

libjpeg-turbo: Copyright (C) 2009-2023 D. R. Commander and others. All Rights Reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

- Redistributions of source code must retain the above copyright notice,
  this list of conditions and the following disclaimer.
- Redistributions in binary form must reproduce the above copyright notice,
  this list of conditions and the following disclaimer in the documentation
  and/or other materials provided with the distribution.
- Neither the name of the libjpeg-turbo Project nor the names of its
  contributors may be used to endorse or promote products derived from this
  software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS",
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE
ARE DISCLAIMED.  IN NO EVENT SHALL THE COPYRIGHT HOLDERS OR CONTRIBUTORS BE
LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR
CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF
SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN
CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE)
ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE
POSSIBILITY OF SUCH DAMAGE.
`

// NOTICES.txt has the licence of every module that a command links, word for word.
func TestNoticesAreComplete(t *testing.T) {
	want := notices(t)
	if *update {
		if err := os.WriteFile("NOTICES.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if Text != want {
		t.Errorf("NOTICES.txt is not of the modules that the commands link now: go test ./third_party/notices -update")
	}
}

// notices makes the text from the modules' own files.
func notices(t *testing.T) string {
	c := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", "./cmd/...")
	c.Dir, c.Stderr = "../..", os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	var b strings.Builder
	b.WriteString("The commands of bcl hold the following work of others.\n")
	section := func(title, text string) {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", title, strings.Repeat("=", len(title)), strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")))
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "LICENSE"))
	if err != nil {
		t.Skipf("this Go has no LICENSE beside it: %v", err)
	}
	section("The Go standard library and runtime", string(text))
	section("libjpeg-turbo", libjpeg)
	for _, line := range slices.Compact(modules) {
		path, dir, ok := strings.Cut(line, " ")
		if !ok {
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, "[LNC][IOI]*"))
		if err != nil {
			t.Fatal(err)
		}
		texts := 0
		for _, file := range files {
			name := strings.ToUpper(filepath.Base(file))
			if !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "NOTICE") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			title := path
			if texts > 0 {
				title += ", " + filepath.Base(file)
			}
			section(title, string(text))
			texts++
		}
		if texts == 0 {
			t.Errorf("%s has no licence in %s", path, dir)
		}
	}
	return b.String()
}
