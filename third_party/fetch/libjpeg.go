package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// libjpeg checks that libjpeg-turbo's headers and static library are there, and installs
// Debian's package if they are not and this process may. Builds with the tag nolibjpeg
// need neither.
func libjpeg() error {
	if strings.Contains(os.Getenv("GOFLAGS"), "nolibjpeg") || compiles() {
		return nil
	}
	const help = "install libjpeg-turbo's headers and static library (apt-get install libjpeg-dev; Fedora: libjpeg-turbo-devel and libjpeg-turbo-static), name it by CGO_CFLAGS=-I... and CGO_LDFLAGS=-L..., or export GOFLAGS=-tags=nolibjpeg to decode JPEG with Go's decoder, whose pixels differ a little from Pillow's"
	if err := aptInstall("libjpeg-dev", "no libjpeg-turbo found", help); err != nil {
		return err
	}
	if !compiles() {
		return fmt.Errorf("libjpeg-turbo is still not found: %s", help)
	}
	return nil
}

// compiles reports whether the C compiler finds both.
func compiles() bool {
	cc := strings.Fields(os.Getenv("CC"))
	if len(cc) == 0 {
		cc = []string{"gcc"} // cgo's default
	}
	if _, err := exec.LookPath(cc[0]); err != nil {
		return true // the build says what is wrong
	}
	args := append(cc[1:], strings.Fields(os.Getenv("CGO_CFLAGS"))...)
	args = append(append(args, "-x", "c", "-"), strings.Fields(os.Getenv("CGO_LDFLAGS"))...)
	c := exec.Command(cc[0], append(args, "-Wl,-Bstatic", "-ljpeg", "-Wl,-Bdynamic", "-o", os.DevNull)...)
	c.Stdin = strings.NewReader("#include <stdio.h>\n#include <jpeglib.h>\nint main(void) { struct jpeg_error_mgr e; return jpeg_std_error(&e) == 0; }\n")
	return c.Run() == nil
}
