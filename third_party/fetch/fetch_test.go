package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPinsOfTheProject(t *testing.T) {
	pins, err := readPins("pins.txt", pinsText)
	if err != nil {
		t.Fatal(err)
	}
	if cpu, cuda := ofSet(pins, "cpu"), ofSet(pins, "cuda"); len(cpu) != 4 || len(cuda) != len(pins)-1 {
		t.Errorf("%d pins for the CPU, %d for CUDA, %d in all, one of them for the image", len(cpu), len(cuda), len(pins))
	}
	if a, b := key(pins, "cpu"), key(pins, "cuda"); a == b || !strings.HasPrefix(a, "libtorch-2.11.0-cpu-") {
		t.Errorf("keys %s and %s", a, b)
	}
	other := append([]pin(nil), pins...)
	other[0].SHA256 = strings.Repeat("0", 64)
	if key(other, "cpu") == key(pins, "cpu") {
		t.Error("another hash has the same folder in the cache")
	}
}

// The image's Go is the toolchain of go.mod.
func TestPinOfGo(t *testing.T) {
	pins, err := readPins("pins.txt", pinsText)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	last := pins[len(pins)-1]
	if last.Name != "go" || last.Set != "image" || !strings.Contains(string(mod), "\ntoolchain go"+last.Version+"\n") {
		t.Errorf("the last pin is %s %s of set %s; expected go.mod's toolchain, for the image", last.Name, last.Version, last.Set)
	}
}

func TestBadPins(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	for text, want := range map[string]string{
		"torch 2.11.0 1 " + hash:             "4 fields",
		"torch 2.11.0 x " + hash + " cpu":    `size "x"`,
		"torch 2.11.0 1 abc cpu":             "abc",
		"torch 2.11.0 1 " + hash + " gpu":    `set "gpu"`,
		"numpy 2.0.0 1 " + hash + " cpu":     "first pin",
		"# nothing":                          "first pin",
		"# a\n\ntorch 1 1 " + hash + " cpux": ":3:",
	} {
		_, err := readPins("pins.txt", text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
	}
}

func TestCheckDeletesWhatDiffers(t *testing.T) {
	sum := sha256.Sum256([]byte("wheel"))
	good := pin{Name: "torch", Version: "1", Size: 5, SHA256: hex.EncodeToString(sum[:])}
	path := write(t, filepath.Join(t.TempDir(), "torch-1-x.whl"), "wheel")
	if err := check(path, good); err != nil {
		t.Error(err)
	}
	write(t, path, "whee1")
	if err := check(path, good); err == nil || !strings.Contains(err.Error(), good.SHA256) {
		t.Errorf("another file: error %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file that differs was kept")
	}
}

func TestRemoveLeft(t *testing.T) {
	base := t.TempDir()
	write(t, filepath.Join(base, "unpack-1", "wheels", "torch.whl"), "half")
	kept := write(t, filepath.Join(base, "libtorch-2.11.0-cpu-0", "torch", "lib", "libc10.so"), "whole")
	removeLeft(base)
	if _, err := os.Stat(filepath.Join(base, "unpack-1")); !os.IsNotExist(err) {
		t.Errorf("unpack-1 is still there: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
}

func TestInstalled(t *testing.T) {
	dir := t.TempDir()
	version := func(minor string) {
		write(t, filepath.Join(dir, "torch/include/torch/headeronly/version.h"),
			"#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR "+minor+"\n#define TORCH_VERSION_PATCH 0\n")
	}
	version("11")
	if _, err := installed(dir, "2.11.0"); err == nil || !strings.Contains(err.Error(), "libtorch_cpu.so") {
		t.Errorf("no library: error %v", err)
	}
	write(t, filepath.Join(dir, "torch/lib/libtorch_cpu.so"), "")
	for _, given := range []string{dir, filepath.Join(dir, "torch")} {
		if got, err := installed(given, "2.11.0"); err != nil || got != filepath.Join(dir, "torch") {
			t.Errorf("%s: %s, %v", given, got, err)
		}
	}
	version("10")
	if _, err := installed(dir, "2.11.0"); err == nil || !strings.Contains(err.Error(), "2.10.0") {
		t.Errorf("another version: error %v", err)
	}
	t.Setenv("BCL_LIBTORCH_ANY_VERSION", "1")
	if _, err := installed(dir, "2.11.0"); err != nil {
		t.Errorf("another version, allowed: %v", err)
	}
}

func TestUnpack(t *testing.T) {
	wheel := func(names ...string) string {
		path := filepath.Join(t.TempDir(), "a.whl")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		for _, n := range names {
			w, err := z.Create(n)
			if err == nil {
				_, err = w.Write([]byte(n))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		return path
	}
	torch := pin{Name: "torch"}
	dir := t.TempDir()
	path := wheel("torch/lib/libc10.so", "torch/lib/libtorch_cuda.so", "torch/include/a.h", "torch/nn/x.py", "torch-2.dist-info/licenses/LICENSE")
	if err := unpack(path, dir, wanted(torch, "cpu")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"torch/lib/libc10.so": true, "torch/include/a.h": true, "torch-2.dist-info/licenses/LICENSE": true,
		"torch/lib/libtorch_cuda.so": false, "torch/nn/x.py": false,
	} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v, want it to exist: %v", name, err, want)
		}
	}
	all := func(string) bool { return true }
	if err := unpack(wheel("../out.so"), dir, all); err == nil || !strings.Contains(err.Error(), "../out.so") {
		t.Errorf("a name outside of the folder: error %v", err)
	}
}

func TestRelink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "libtorch")
	for _, to := range []string{"/a", "/b", "/b"} {
		if err := relink(link, to); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.Readlink(link); got != to {
			t.Errorf("link to %s, want %s", got, to)
		}
	}
}

// A shell that evaluates the output of -env has the flags, once, after those it had, and
// go reads them correctly, also with spaces in the path.
func TestPrintEnv(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's here", "torch")
	write(t, filepath.Join(dir, "lib/libtorch_cpu.so"), "")
	write(t, filepath.Join(dir, "include/torch/headeronly/version.h"),
		"#define TORCH_VERSION_MAJOR 1\n#define TORCH_VERSION_MINOR 2\n#define TORCH_VERSION_PATCH 3\n")
	script := `
CGO_CXXFLAGS=-O3; unset CGO_LDFLAGS; export CGO_CXXFLAGS
for i in 1 2; do out=$("$TEST_PROGRAM") || exit; eval "$out"; done
printf '%s\n' "$CGO_CXXFLAGS" "$CGO_LDFLAGS"`
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = append(os.Environ(), "TEST_PROGRAM="+os.Args[0], "BCL_TEST_ENV=1", "LIBTORCH="+dir, "BCL_LIBTORCH_ANY_VERSION=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := `-O3 "-I` + dir + `/include" "-I` + dir + `/include/torch/csrc/api/include"
-g -O2 "-L` + dir + `/lib" "-Wl,-rpath,` + dir + `/lib"
`
	if string(out) != want {
		t.Errorf("variables\n%swant\n%s", out, want)
	}
}

// TestMain is fetch -env in the process that TestPrintEnv starts.
func TestMain(m *testing.M) {
	if os.Getenv("BCL_TEST_ENV") == "" {
		os.Exit(m.Run())
	}
	if err := printEnv(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Whoever builds with a cache that others cannot enter is told which folder that is.
func TestShutFolder(t *testing.T) {
	top := t.TempDir()
	open := filepath.Dir(write(t, filepath.Join(top, "home", "cache", "torch", "a"), ""))
	if shut := shutFolder(open); strings.HasPrefix(shut, filepath.Join(top, "home")) {
		t.Errorf("%s is said to be shut", shut)
	}
	home := filepath.Join(top, "home")
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if shut := shutFolder(open); shut != home {
		t.Errorf("the folder that is shut is %q, want %s", shut, home)
	}
}
