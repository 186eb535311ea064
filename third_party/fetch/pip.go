package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The wheels are for CPython 3.11 on x86-64 Linux whichever Python runs pip: only their
// libraries and headers are used.
var pipArgs = []string{
	"download", "--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp",
	"--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_27_x86_64", "--platform", "manylinux_2_25_x86_64",
	"--platform", "manylinux_2_18_x86_64", "--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64",
	"--disable-pip-version-check", "--no-cache-dir", "--require-hashes",
}

// download puts the wheels of pins into dir. After an interruption it starts again.
func download(dir string, pins []pin) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	pip, err := findPip()
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, p := range pins {
		fmt.Fprintf(&lines, "%s==%s --hash=sha256:%s\n", p.Name, p.Version, p.SHA256)
	}
	list := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(list, []byte(lines.String()), 0o644); err != nil {
		return err
	}
	args := append(append(pip[1:len(pip):len(pip)], pipArgs...), "-r", list, "-d", dir)
	if err := run(pip[0], args...); err != nil {
		return fmt.Errorf("pip download failed (%w); its output is above. LIBTORCH=/path/to/libtorch uses a copy that you have", err)
	}
	return nil
}

// findPip returns the command line of a pip, and installs Debian's package if there is
// none and this process may.
func findPip() ([]string, error) {
	for _, c := range [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}} {
		if exec.Command(c[0], append(c[1:len(c):len(c)], "--version")...).Run() == nil {
			return c, nil
		}
	}
	const help = "the pinned libtorch comes as a wheel; install python3-pip (apt-get install python3-pip), or set LIBTORCH to a libtorch that you have"
	if err := aptInstall("python3-pip", "no pip found", help); err != nil {
		return nil, err
	}
	return []string{"python3", "-m", "pip"}, nil
}

// aptInstall installs a package of Debian's, if this process may; if not, the error is what
// is missing, and help.
func aptInstall(name, missing, help string) error {
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("%s: %s", missing, help)
	}
	fmt.Fprintf(os.Stderr, "setup: %s; installing the package %s\n", missing, name)
	if err := run("apt-get", "update", "-q"); err != nil {
		return fmt.Errorf("apt-get update: %w; %s: %s", err, missing, help)
	}
	if err := run("apt-get", "install", "-q", "-y", "--no-install-recommends", name); err != nil {
		return fmt.Errorf("apt-get install %s: %w; %s: %s", name, err, missing, help)
	}
	return nil
}

// run runs a command whose output is progress, so it goes to stderr.
func run(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}
